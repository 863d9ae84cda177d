import { describe, expect, test } from 'bun:test'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { compileRedaction } from '../../src/ingest/redaction/redact.ts'
import { isSecretValue, namedSecret } from '../../src/ingest/redaction/secret-words.ts'

const redact = compileRedaction({ isOn: true })
const chat = (message: string): NewEvent => ({ id: 'event-1', type: 'chat_message', message })
const shown = (text: string) => (redact(chat(text)) as { message: unknown }).message

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const HEX = `${DIGITS}abcdef`
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS

/** A text of random letters from a fixed seed that always holds a digit, as keys do. */
let seed = 20_261_123
function random(alphabet: string, length: number): string {
  let text = ''
  while (text.length < length) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    text += alphabet[(seed >>> 8) % alphabet.length]
  }
  return alphabet.includes('7') ? `${text.slice(0, -1)}7` : text
}

// Cut in two here and joined when the test runs, so that no file of ours holds what looks like a live key.
const cut = ''
const KEYS: Record<string, () => string> = {
  'github token': () => `gh${cut}p_${random(ALNUM, 36)}`,
  'github token (fine-grained)': () => `github${cut}_pat_${random(ALNUM, 22)}_${random(ALNUM, 59)}`,
  'github token (app)': () => `gh${cut}s_${random(ALNUM, 36)}`,
  'gitlab token': () => `gl${cut}pat-${random(ALNUM, 20)}`,
  'slack token': () => `xo${cut}xb-${random(DIGITS, 12)}-${random(DIGITS, 12)}-${random(ALNUM, 24)}`,
  'slack token (app)': () => `xa${cut}pp-1-A${random(ALNUM, 10)}-${random(DIGITS, 13)}-${random(HEX, 64)}`,
  'slack webhook': () => `hooks.slack${cut}.com/services/T${random(ALNUM, 8)}/B${random(ALNUM, 8)}/${random(ALNUM, 24)}`,
  'stripe key': () => `sk${cut}_live_${random(ALNUM, 24)}`,
  'stripe key (restricted)': () => `rk${cut}_live_${random(ALNUM, 99)}`,
  'stripe webhook secret': () => `wh${cut}sec_${random(ALNUM, 32)}`,
  'google api key': () => `AI${cut}za${random(ALNUM, 35)}`,
  'google oauth token': () => `ya${cut}29.${random(ALNUM, 60)}`,
  'google client secret': () => `GOC${cut}SPX-${random(ALNUM, 28)}`,
  'anthropic key': () => `sk-${cut}ant-api03-${random(ALNUM, 93)}-${random(ALNUM, 6)}AA`,
  'openai key': () => `sk-${random(ALNUM, 48)}`,
  'openai key (project)': () => `sk-${cut}proj-${random(ALNUM, 60)}_${random(ALNUM, 40)}`,
  'openrouter key': () => `sk-${cut}or-v1-${random(HEX, 64)}`,
  'npm token': () => `np${cut}m_${random(ALNUM, 36)}`,
  'pypi token': () => `py${cut}pi-AgEIcHlwaS5vcmc${random(ALNUM, 80)}`,
  'aws secret key': () => `AK${cut}IA${random(LOWER.toUpperCase() + DIGITS, 16)}`,
  'aws secret key (session)': () => `AS${cut}IA${random(LOWER.toUpperCase() + DIGITS, 16)}`,
  'sendgrid key': () => `S${cut}G.${random(ALNUM, 22)}.${random(ALNUM, 43)}`,
  'twilio key': () => `S${cut}K${random(HEX, 32)}`,
  'mailgun key': () => `ke${cut}y-${random(HEX, 32)}`,
  'databricks token': () => `da${cut}pi${random(HEX, 32)}`,
  'hugging face token': () => `h${cut}f_${random(ALNUM, 34)}`,
  'digitalocean token': () => `do${cut}p_v1_${random(HEX, 64)}`,
  'telegram token': () => `${random(DIGITS, 10)}:A${cut}A${random(ALNUM, 33)}`,
  'discord token': () => `M${random(ALNUM, 23)}.${random(ALNUM, 6)}.${random(ALNUM, 38)}`,
  'json web token': () => `ey${cut}J${random(ALNUM, 30)}.ey${cut}J${random(ALNUM, 80)}.${random(ALNUM, 43)}`,
  'azure client secret': () => `${random(ALNUM, 3)}8${cut}Q~${random(ALNUM, 34)}`,
  'shopify token': () => `shp${cut}at_${random(HEX, 32)}`,
  'square token': () => `sq0${cut}atp-${random(ALNUM, 22)}`,
  'linear key': () => `lin${cut}_api_${random(ALNUM, 40)}`,
  'notion token': () => `nt${cut}n_${random(ALNUM, 46)}`,
  'postman key': () => `PM${cut}AK-${random(HEX, 24)}-${random(HEX, 34)}`,
  'grafana token': () => `gl${cut}sa_${random(ALNUM, 32)}_${random(HEX, 8)}`,
  'vault token': () => `hv${cut}s.${random(ALNUM, 90)}`,
  'docker token': () => `dckr${cut}_pat_${random(ALNUM, 27)}`,
  'sentry token': () => `sntr${cut}ys_${random(ALNUM, 60)}`,
  'groq key': () => `gs${cut}k_${random(ALNUM, 52)}`,
  'xai key': () => `xa${cut}i-${random(ALNUM, 80)}`,
  'replicate token': () => `r${cut}8_${random(ALNUM, 37)}`,
  'atlassian token': () => `ATA${cut}TT3${random(ALNUM, 180)}`,
  'supabase token': () => `sb${cut}p_${random(HEX, 40)}`,
  'new relic key': () => `NR${cut}AK-${random(LOWER.toUpperCase() + DIGITS, 27)}`,
  'doppler token': () => `dp${cut}.pt.${random(ALNUM, 43)}`,
}

const WRAPPINGS: Record<string, (key: string) => string> = {
  alone: (key) => key,
  'in a sentence': (key) => `Use ${key}, please.`,
  'in a command': (key) => `git clone https://x-access-token:${key}@example.org/a.git && ls`,
  'in an environment': (key) => `export SERVICE_VALUE=${key}\nexport OTHER=1`,
  'in a query': (key) => `https://example.org/a?k=${key}&page=2`,
  'in a JSON text': (key) => JSON.stringify({ value: key, page: 2 }),
  'in a JSON text in a JSON text': (key) => JSON.stringify({ text: JSON.stringify({ lines: `one\n${key}\ttwo` }) }),
  'in a header': (key) => `curl -H "X-Some-Header: ${key}" https://example.org`,
  'in colours': (key) => `\u001b[32m${key}\u001b[0m`,
  'escaped by percent': (key) => `a%3D${key}%26b`,
}

describe.each(Object.entries(KEYS))('a %s', (name, make) => {
  const kind = name.replace(/ \(.*/, '')

  test.each(Object.entries(WRAPPINGS))('%s is replaced', (_, wrap) => {
    const key = make()
    const text = shown(wrap(key))
    expect(text).not.toContain(key.slice(-12))
    expect(text).toContain('[redacted: ')
  })

  test('is named, and what stands around it is kept', () => {
    expect(shown(`see ${make()} there`)).toBe(`see [redacted: ${kind}] there`)
  })
})

const PEM = ['-----BEGIN', 'RSA PRIVATE KEY-----\n'].join(' ')
const PEM_END = ['\n-----END', 'RSA PRIVATE KEY-----'].join(' ')
const pemBody = () => Array.from({ length: 20 }, () => random(ALNUM, 64)).join('\n')

describe('a private key', () => {
  test('is replaced with its frame', () => {
    expect(shown(`cat key\n${PEM}${pemBody()}${PEM_END}\ndone`)).toBe('cat key\n[redacted: private key]\ndone')
  })
  test('that was cut off is replaced as far as it goes', () => {
    expect(shown(`${PEM}${pemBody()}`)).toBe('[redacted: private key]')
  })
  test('in the JSON of a service account is replaced, and the rest of the account is kept', () => {
    const account = JSON.stringify({ type: 'service_account', private_key: `${PEM}${pemBody()}${PEM_END}\n`, client_email: 'a@b.example' })
    const text = String(shown(account))
    expect(text).toContain('"private_key":"[redacted: private key]')
    expect(text).toContain('"client_email":"a@b.example"')
    expect(JSON.parse(text)).toMatchObject({ type: 'service_account' })
  })
  test('that is encrypted has headers, and is replaced', () => {
    const text = `${PEM}Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${random(HEX, 32)}\n\n${pemBody()}${PEM_END}.`
    expect(shown(text)).toBe('[redacted: private key].')
  })
})

const password = () => `hunter${random(DIGITS, 3)}`
const token = () => random(ALNUM, 30)

describe('what only its surroundings give away is replaced:', () => {
  const cases: [text: string, secret: string][] = []
  const add = (make: () => string, ...frames: ((secret: string) => string)[]) => {
    for (const frame of frames) {
      const secret = make()
      cases.push([frame(secret), secret])
    }
  }
  add(
    password,
    (s) => `postgres://apollo:${s}@db.internal:5432/apollo`,
    (s) => `redis://:${s}@localhost:6379`,
    (s) => `postgres://apollo:p@${s}@db/apollo`,
    (s) => `PASSWORD=${s} make deploy`,
    (s) => `export PGPASSWORD='${s}'`,
    (s) => `mysql --password=${s} -e 'select 1'`,
    (s) => `vault login --password ${s}`,
    (s) => `tool --db-password "${s}" --verbose`,
    (s) => `password: ${s}`,
    (s) => `Server=db;User=sa;Password=${s};Encrypt=yes`,
    (s) => `{"user":"anna","password":"${s}"}`,
    (s) => `{\\"user\\":\\"anna\\",\\"password\\":\\"${s}\\"}`,
    (s) => `{'db_password': '${s}'}`,
    (s) => `curl -u anna:${s} https://example.org`,
    (s) => `curl --user anna:${s} https://example.org`,
    (s) => `config["password"] = "${s}"`,
    (s) => `https://example.org/login?user=anna&password=${s}&next=1`,
    (s) => `spring.datasource.password=${s}`,
    (s) => `:password => "${s}"`,
  )
  add(
    token,
    (s) => `Authorization: Bearer ${s}`,
    (s) => `curl -H 'authorization: token ${s}' https://example.org`,
    (s) => `{"Authorization":"Basic ${s}=="}`,
    (s) => `the header was "Bearer ${s}"`,
    (s) => `X-Api-Key: ${s}`,
    (s) => `API_TOKEN=${s}`,
    (s) => `gh auth --token ${s}`,
    (s) => `aws_secret_access_key = ${s}/+abc`,
    (s) => `{"SecretAccessKey": "${s}"}`,
    (s) => `TWILIO_AUTH_TOKEN=${s}`,
    (s) => `client_secret=${s}&grant_type=client_credentials`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s}${random(ALNUM, 30)}==;EndpointSuffix=core`,
    (s) => `https://a.blob.example/c?sv=2026&sig=${s}%3D&se=1`,
    (s) => `Cookie: session=${s}; theme=dark`,
    (s) => `AK${cut}IA${'A'.repeat(15)}7,${s}${s.slice(0, 10)}`,
    (s) => `accessToken: "${s}"`,
  )
  test.each(cases)('%s', (text, secret) => {
    expect(shown(text)).not.toContain(secret)
    expect(shown(text)).toContain('[redacted: ')
  })

  test('and everything else of the text is kept', () => {
    expect(shown(`postgres://apollo:${password()}@db:5432/apollo`)).toBe('postgres://apollo:[redacted: password]@db:5432/apollo')
    expect(shown(`tool --token ${token()} --verbose`)).toBe('tool --token [redacted: token] --verbose')
    expect(shown(`{"password":"${password()}","page":2}`)).toBe('{"password":"[redacted: password]","page":2}')
  })
})

describe('members that are named like a secret', () => {
  const status = (status_data: Record<string, unknown>): NewEvent => ({ id: 'event-1', type: 'parallel_status', status_data })
  const after = (status_data: Record<string, unknown>) => (redact(status(status_data)) as { status_data: unknown }).status_data

  test('lose their value, at any depth and in lists', () => {
    expect(after({ db: { password: 'correct horse', host: 'db' }, api_keys: [], tokens: 3 })).toEqual({
      db: { password: '[redacted: password]', host: 'db' },
      api_keys: [],
      tokens: 3,
    })
    expect(after({ list: [{ apiKey: token() }], secrets: [token(), 'none'] })).toEqual({
      list: [{ apiKey: '[redacted: api key]' }],
      secrets: ['[redacted: secret]', 'none'],
    })
  })
  test('keep numbers, truth values and placeholders', () => {
    const plain = { input_tokens: 1200, token: null, secret: false, password: '${DB_PASSWORD}', api_key: '$API_KEY', auth_token: '<token>' }
    const event = status(plain)
    expect(redact(event)).toBe(event)
  })
  test('are found by the key that is itself a secret too', () => {
    const key = KEYS['github token']!()
    expect(after({ [key]: 1 })).toEqual({ '[redacted: github token]': 1 })
  })
  test('are redacted beside a __proto__ member, which stays a mere member', () => {
    const data = JSON.parse(`{"__proto__":{"password":"hunter2"},"a":1}`) as Record<string, unknown>
    expect(JSON.stringify(after(data))).toBe('{"__proto__":{"password":"[redacted: password]"},"a":1}')
    expect(({} as Record<string, unknown>)['password']).toBeUndefined()
  })
})

describe('what looks alike survives:', () => {
  test.each([
    'the token expired',
    'Token expired, please sign in again',
    'unexpected token: identifier',
    'SyntaxError: Unexpected token } in JSON at position 4',
    'input_tokens: 1200, output_tokens=350, max_tokens=4096',
    '{"input_tokens":1200,"token_type":"Bearer","expires_in":3600}',
    '9fceb02d0ae598e95dc970b74767f19372d61af8',
    'Merge commit 9fceb02d0ae598e95dc970b74767f19372d61af8 into main',
    '0199d1c2-7e2a-7a3f-9c3e-1f2a3b4c5d6e',
    'story-ccc3724c tdd-cycle-8245779c tdd-task-807d2b01 testfile-0ee7edb2',
    'task-9fceb02d0ae598e95dc970b74767f193',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'sha512-Q2bFTOhEALkN8hOms2FKTDLy7eugP2zFZ1T8LCvX42Fp3WoNr3bjZSAHeOsHrbV1Fu9/A0EzCinRE7Af1ofPrw==',
    'src/auth/token.ts and test/password-reset.test.ts',
    'const token = getToken(request)',
    'const password = process.env.PASSWORD',
    'token = os.environ["API_TOKEN"]',
    'this.token = options.token',
    'password: string',
    'password: str = Field(...)',
    'apiKey: string | undefined',
    'secret: true',
    'password=getpass.getpass()',
    'client(api_key=os.environ[OPENAI_KEY_1])',
    'token=settings.auth.v2_token_name',
    'Implement password reset, then token refresh',
    'password=$DB_PASSWORD',
    'password=${DB_PASSWORD}',
    'PASSWORD=<your password>',
    'PASSWORD=********',
    'api_key=YOUR_API_KEY',
    'curl -H "Authorization: Bearer $VISUALIZER_TOKEN" https://visualizer.example',
    'Authorization: Bearer ${TOKEN}',
    'Bearer authentication is required',
    'WWW-Authenticate: Bearer realm="example"',
    'add an --password option to the command',
    'docker login --password-stdin',
    'tool --token-file /run/secrets/token',
    'token: /var/run/secrets/kubernetes.io/serviceaccount/token',
    'docker run -u 1000:1000 image',
    'http://localhost:5000/@user/repo',
    'ws://localhost:8080?mail=anna@example.org',
    'ssh git@github.com:apollo/lander.git',
    'mailto:anna@example.org',
    'scikit: sk-learn, sk-image and sk-video',
    'npm_config_registry and npm_lifecycle_event',
    'pypi-server listens',
    'the gh_pages branch',
    'hf_hub_download(repo_id="bert")',
    'AKIA is how an access key begins',
    'eyJ is how a web token begins',
    'a line "-----BEGIN CERTIFICATE-----" and "-----BEGIN PRIVATE KEY-----" was expected',
    'PWD=/srv/projects/apollo OLDPWD=/srv',
    'monkey: banana1234567890',
    'primary_key=story_identifier',
    'cache_key: story-ccc3724c-2026',
    '2026-11-23T20:30:47.032322',
    'signature=sha256',
    'passwordless sign-in: done',
    'if (password == other.password) return',
    'POST /api/v1/tokens: 201',
    'secretary: Anna12345678',
    'Cookie: none',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
  ])('%s', (text) => {
    expect(shown(text)).toBe(text)
  })
})

describe('an event', () => {
  test('without a secret is the same object', () => {
    const event: NewEvent = {
      id: 'a',
      type: 'agent_activity',
      agent_type: 'CodeAgent',
      action: 'Write the token parser',
      status: 'started',
      detail: { a: [1] },
    }
    expect(redact(event)).toBe(event)
  })
  test('with a secret is a copy that shares what was not touched; the original is left alone', () => {
    const status_data = { kept: { a: 1 }, note: KEYS['github token']!() }
    const before = { ...status_data }
    const after = redact({ id: 'a', type: 'parallel_status', status_data }) as unknown as { status_data: typeof status_data }
    expect(after.status_data.note).toBe('[redacted: github token]')
    expect(after.status_data.kept).toBe(status_data.kept)
    expect(status_data).toEqual(before)
  })
  test('keeps its id and type whatever they look like', () => {
    const id = KEYS['github token']!()
    expect(redact({ id, type: 'chat_message', message: id })).toEqual({ id, type: 'chat_message', message: '[redacted: github token]' })
  })
  test('is the same when it is redacted twice', () => {
    for (const make of Object.values(KEYS)) {
      for (const wrap of Object.values(WRAPPINGS)) {
        const once = redact(chat(`${wrap(make())} password=${password()}`))
        expect(redact(once)).toEqual(once)
      }
    }
  })
  test('nested deeper than anything real is cut there rather than stored unread', () => {
    const deep = JSON.parse(`${'['.repeat(500)}"password=hunter2"${']'.repeat(500)}`) as unknown
    const text = JSON.stringify(redact({ id: 'a', type: 'parallel_status', status_data: { deep } }))
    expect(text).not.toContain('hunter2')
    expect(text).toContain('[redacted: nested too deep to look through]')
  })
})

describe('settings', () => {
  test('switched off, nothing is touched', () => {
    const event = chat(`password=${password()}`)
    expect(compileRedaction({ isOn: false })(event)).toBe(event)
  })
  test('patterns of one’s own replace what they match', () => {
    const own = compileRedaction({ isOn: true, patterns: ['ACME-[0-9]{6}'] })
    expect(own(chat('badge ACME-123456 shown'))).toEqual(chat('badge [redacted: configured pattern] shown'))
  })
  test('a pattern that is none, or that matches nothing, is refused when it is read', () => {
    expect(() => compileRedaction({ isOn: true, patterns: ['('] })).toThrow(SyntaxError)
    expect(() => compileRedaction({ isOn: true, patterns: ['a*'] })).toThrow('matches the empty text')
  })
})

test('no text is slow: hostile ones cost what their length costs', () => {
  const bits = [
    'sk-',
    'eyJ',
    'eyJaaaaaaaaaaaa.',
    PEM.trim(),
    `${PEM}AAAAAAAAAAAAAAAAAAAA`,
    'token=',
    'token="',
    'token:"token:\'token:\\"',
    'password=)',
    'password: ',
  ]
  bits.push(
    '--password ',
    '--token-',
    '://',
    '://a:b',
    'a://b:c',
    'authorization: bearer ',
    'cookie: a=',
    'curl -u a:',
    'SG.aaaaaaaaaaaaaaaaaaaa.',
    'ghp_',
    'M.',
    '12345678:AA',
  )
  bits.push(
    '1Q~',
    'AccountKey=',
    '&sig=aa',
    '\\n',
    '%3Aghp_',
    '\u001b[',
    '---',
    '"',
    '\\"',
    ' ',
    '=',
    ':',
    'a',
    '0',
    'a@',
    'password" : ',
    'dp.pt.',
    'jwt"\\"',
  )
  const slow = bits.filter((bit) => {
    const event = chat(bit.repeat(Math.ceil((256 * 1024) / bit.length)))
    const isSlow = () => {
      const startedAt = performance.now()
      redact(event)
      return performance.now() - startedAt > 500
    }
    // A busy machine may hold up one try; what grows with the square of the length takes seconds in each.
    return isSlow() && isSlow() && isSlow()
  })
  expect(slow).toEqual([])
})

test('a name promises a secret however it is written, and a value is judged by its look', () => {
  for (const name of ['password', 'DB_PASSWORD', 'x-api-key', 'apiKey', 'clientSecret', 'access_token', 'id-token'])
    expect(namedSecret(name)).toBeDefined()
  for (const name of ['tokens', 'input_tokens', 'token_type', 'next_page_token', 'key', 'public_key', 'passwordless'])
    expect(namedSecret(name)).toBeUndefined()
  expect(isSecretValue('correct', { kind: 'password', isFreeForm: true }, 'loose')).toBe(false)
  expect(isSecretValue('correct', { kind: 'password', isFreeForm: true }, 'tight')).toBe(true)
})

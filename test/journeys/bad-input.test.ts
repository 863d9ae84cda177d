import { beforeAll, describe, expect, test } from 'bun:test'
import { openBrowser, type TestBrowser, until, untilText } from '../support/browser.ts'
import { type Body, call, postBody, type Reply, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const GOOD = { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' }

function expectRefusal({ status, body, headers }: Reply, expected: { status: number; code: string; details?: object; saying?: string }) {
  expect(headers.get('content-type')).toStartWith('application/json')
  expect(Object.keys(body).toSorted()).toEqual(['code', 'details', 'error', 'request_id', 'timestamp'])
  expect({ status, code: body['code'] }).toEqual({ status: expected.status, code: expected.code })
  expect(body['error']).toBeString()
  expect(String(body['error'])).toContain(expected.saying ?? '')
  expect(new Date(String(body['timestamp'])).toISOString()).toBe(String(body['timestamp']))
  expect(String(body['request_id'])).toBe(headers.get('x-request-id') ?? '')
  expect(body['details']).toMatchObject(expected.details ?? {})
}

/** A name of its own for every test: what one stores, no other sees. */
let projects = 0
const newProject = () => `bad-${++projects}`

async function expectNothingStored(project: string) {
  const { status } = await call(server, `/api/v1/projects/${project}/events`)
  expect(status).toBe(404)
}

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels)

describe('security 22, 23, 24: a body that cannot be read is refused, says where it breaks, and leaves nothing behind:', () => {
  const NDJSON = 'application/x-ndjson'
  const line = JSON.stringify(GOOD)
  const cases: [saying: string, body: Body, contentType: string, details: object][] = [
    ['broken JSON', '{"type": "workflow_transition",\n  "new_state": }', 'application/json', { line: 2 }],
    ['JSON that ends early', '[{"type":"x-a"}', 'application/json', { line: 1 }],
    ['a broken line of NDJSON', `${line}\n${line}\n{"type":\n${line}`, NDJSON, { line: 3 }],
    ['a bad event in a line of NDJSON', `${line}\n\n{"type":"x-"}\n`, NDJSON, { line: 3 }],
    [
      'a bad event in an array',
      `[${line},{"type":"tdd_transition","new_state":"design"}]`,
      'application/json',
      { index: 1, field: 'story_id' },
    ],
    ['an unknown type', '{"type":"workflow_transitions","new_state":"IDLE"}', 'application/json', { field: 'type' }],
    ['no type', '{"new_state":"IDLE"}', 'application/json', { field: 'type' }],
    ['a type that is no text', '{"type":{"toString":"x"}}', 'application/json', { field: 'type' }],
    ['another project inside', JSON.stringify({ ...GOOD, project: 'gemini' }), 'application/json', { field: 'project' }],
    ['nothing', '', 'application/json', {}],
    ['an empty array', '[]', 'application/json', {}],
    ['a number', '42', 'application/json', {}],
    ['null', 'null', 'application/json', {}],
    ['an array in an array', `[[${line}]]`, 'application/json', { index: 0 }],
    ['arrays nested a hundred thousand deep', deep(100_000, '[', ']'), 'application/json', {}],
    [
      'objects nested a hundred deep',
      `{"type":"x-deep","a":${deep(100, '{"a":', '}').replace('{"a":}', '{}')}}`,
      'application/json',
      { field: expect.stringContaining('a.a') as unknown },
    ],
    ['a __proto__ key', '{"type":"x-a","__proto__":{"polluted":true}}', 'application/json', { field: '__proto__' }],
    [
      'a __proto__ key in the depth',
      '{"type":"parallel_status","status_data":{"a":[{"__proto__":{"polluted":true}}]}}',
      'application/json',
      {},
    ],
    ['a constructor key', '{"type":"x-a","constructor":{"prototype":{"polluted":true}}}', 'application/json', { field: 'constructor' }],
    [
      'NUL in an identifier',
      '{"type":"tdd_transition","story_id":"a\\u0000b","new_state":"design"}',
      'application/json',
      { field: 'story_id' },
    ],
    ['a mark of direction in an identifier', '{"type":"x-a","id":"\\u202egnp.exe"}', 'application/json', { field: 'id' }],
    ['half a character in an id', '{"type":"x-a","id":"one \\ud83d"}', 'application/json', { field: 'id' }],
    [
      'half a character in a story',
      '{"type":"tdd_transition","story_id":"s\\udc00","new_state":"design"}',
      'application/json',
      { field: 'story_id' },
    ],
    [
      'half a character in an agent',
      '{"type":"agent_status","agent_id":"\\ud83d","status":"idle"}',
      'application/json',
      { field: 'agent_id' },
    ],
    [
      'bytes that are no text in a question',
      Uint8Array.of(...Buffer.from('{"type":"approval_requested","title":"t","approval_id":"q'), 0xff, ...Buffer.from('"}')),
      'application/json',
      { reason: 'not UTF-8' },
    ],
    ['an identifier that shows nothing', '{"type":"x-a","id":"\\u3164\\u2800"}', 'application/json', { field: 'id' }],
    ['an identifier that hides something', '{"type":"x-a","id":"pay-1\\udb40\\udd00"}', 'application/json', { field: 'id' }],
    ['an id that is too long', JSON.stringify({ ...GOOD, id: 'x'.repeat(129) }), 'application/json', { field: 'id' }],
    ['a time that is none', JSON.stringify({ ...GOOD, timestamp: 'yesterday' }), 'application/json', { field: 'timestamp' }],
    ['a form', 'type=workflow_transition&new_state=IDLE', 'application/x-www-form-urlencoded', {}],
    ['a page', '<html></html>', 'text/html', {}],
    ['bytes that are no text', new Uint8Array([0x1f, 0x8b, 8, 0, 0xff, 0xfe, 0, 0xc3, 0x28]), 'application/json', {}],
    ['an upload', new Uint8Array(2_000).fill(0xff), 'application/octet-stream', {}],
  ]

  test.each(cases)('%s', async (_, body, contentType, details) => {
    const project = newProject()
    expectRefusal(await postBody(server, project, body, contentType), { status: 400, code: 'VALIDATION_ERROR', details })
    await expectNothingStored(project)
  })

  test('10 MB, with a length and without', async () => {
    const large = JSON.stringify({ type: 'x-large', text: 'x'.repeat(10_000_000) })
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < large.length; sent += 1_000_000)
          controller.enqueue(new TextEncoder().encode(large.slice(sent, sent + 1_000_000)))
        controller.close()
      },
    })
    const project = newProject()
    for (const body of [large, chunks]) expectRefusal(await postBody(server, project, body), { status: 413, code: 'PAYLOAD_TOO_LARGE' })
    await expectNothingStored(project)
  })

  test('more events than a batch may have', async () => {
    const project = newProject()
    const reply = await postBody(server, project, JSON.stringify(Array.from({ length: 1_001 }, () => GOOD)))
    expectRefusal(reply, { status: 413, code: 'PAYLOAD_TOO_LARGE' })
    await expectNothingStored(project)
  })

  test.each(['__proto__', '_projects', 'default', '-a', 'a b', 'ä', 'x'.repeat(64), '%2e%2e%2fetc', '<script>', 'a\u202eb'])(
    'a project named %p',
    async (name) => {
      expectRefusal(await postBody(server, name, JSON.stringify(GOOD)), { status: 400, code: 'INVALID_PROJECT_NAME' })
    },
  )

  test('and the service is as well as before', async () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const { status, body } = await call(server, '/api/v1/projects')
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toContain('polluted')
    expect((await call(server, '/health')).status).toBe(200)
  })
})

test('security 22: names that every object inherits are names like any other', async () => {
  const project = newProject()
  for (const story_id of ['__proto__', 'constructor', 'toString']) {
    await report(server, project, { type: 'tdd_transition', story_id, new_state: 'design' })
    await report(server, project, { type: 'agent_status', agent_id: story_id, status: 'working', agent_type: story_id })
  }
  const { body } = await call(server, `/api/v1/projects/${project}/state`)
  expect(body).toMatchObject({ offset: 6, state: { tdd_cycles: { constructor: { state: 'design' }, toString: { state: 'design' } } } })
  await report(server, 'constructor', GOOD)
  expect((await call(server, '/api/v1/projects/constructor')).body).toMatchObject({ name: 'constructor' })
})

/** A text that would do harm wherever it were taken for markup. */
const hostile = (field: string) =>
  `"'><img src=x onerror="window.harm='${field}'"><script>window.harm='${field}'</script><b class=harm>${field}</b>`

function hostileEvents() {
  const marked = (type: string, fields: Record<string, string>, rest: object = {}) => {
    const texts = Object.entries(fields).map(([field, prefix]) => [field, `${prefix}${hostile(`${type}.${field}`)}`])
    return { type, ...rest, ...(Object.fromEntries(texts) as Record<string, string>) }
  }
  const story = { story_id: '<b class=harm>story</b>' }
  return [
    marked('workflow_transition', { old_state: '', new_state: '', command: '', user: '' }),
    marked('tdd_transition', { new_state: '', old_state: '' }, { ...story, cycle_id: '<i class=harm>cycle</i>' }),
    marked(
      'agent_activity',
      { agent_type: '', action: '', tool: '' },
      { ...story, status: 'started', agent_id: '<u class=harm>agent</u>', detail: { html: hostile('detail') } },
    ),
    marked('agent_status', { reason: '', agent_type: '' }, { agent_id: '<u class=harm>asks</u>', status: 'needs_input' }),
    marked(
      'approval_requested',
      { title: '', kind: '', description: '', priority: '', agent_type: '' },
      { ...story, approval_id: '<s class=harm>approval</s>' },
    ),
    marked('chat_message', { message: '', user_id: '' }, { message_type: 'user' }),
    marked('command_execution', { command: '/', user_id: '' }, { status: 'failed', result: { html: hostile('result') } }),
    marked('error_state', { error_message: '', error_type: '', severity: '' }),
    marked('usage', { model: '' }, { input_tokens: 1, ...story }),
    marked('ci_status', { url: 'javascript:window.harm=' }, { status: 'failed', ...story }),
    marked('x-own', { text: '' }, { list: [hostile('list')] }),
    { type: 'parallel_status', status_data: { [hostile('key')]: hostile('value'), active_cycles: hostile('active') } },
    {
      type: 'state_file',
      file: 'backlog.json',
      content: {
        epics: [{ id: 'epic-1', title: hostile('epic') }],
        stories: [
          {
            id: '<b class=harm>s1</b>',
            title: hostile('title'),
            description: hostile('description'),
            acceptance_criteria: [hostile('criterion')],
            status: hostile('status'),
            priority: 1,
          },
        ],
        sprints: [
          {
            id: '<b class=harm>sprint</b>',
            goal: hostile('goal'),
            story_ids: ['<b class=harm>s1</b>'],
            status: 'active',
            start_date: hostile('date'),
          },
        ],
      },
    },
    { type: 'state_file', file: hostile('file'), content: null, problem: 'damaged', detail: hostile('problem') },
  ]
}

describe('security 16, 17: in the browser', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await openBrowser()
  })

  const untilLive = (page: Parameters<typeof until>[0]) =>
    until(page, () => document.querySelector('#live')?.getAttribute('data-state') === 'live', 10_000)
  const harm = () => {
    const links = [...document.querySelectorAll('a[href], form[action], [src]')].map(
      (element) => element.getAttribute('href') ?? element.getAttribute('action') ?? '',
    )
    return {
      ran: (window as unknown as { harm?: string }).harm ?? 'nothing',
      elements: [...document.querySelectorAll('.harm, img[src=x], [onerror]')].map((element) => element.outerHTML),
      links: links.filter((link) => /^\s*javascript:/i.test(link)),
    }
  }
  const HARMLESS = { ran: 'nothing', elements: [], links: [] }

  test('security 16: HTML in every field that an agent can set is text, first painted and live', async () => {
    const project = newProject()
    await report(server, project, GOOD)
    const overview = await browser.openPage(server.url)
    const live = await browser.openPage(`${server.url}/projects/${project}`)
    for (const { page } of [overview, live]) await untilLive(page)
    for (const event of hostileEvents()) await report(server, project, event)
    await untilText(live.page, '<img src=x onerror=', { within: '#activity' })
    await untilText(live.page, '<b class=harm>s1</b>', { within: '#backlog' })
    await untilText(overview.page, '<img src=x', { within: 'main' })

    const painted = await browser.openPage(`${server.url}/projects/${project}`)
    const plain = await browser.openPage(`${server.url}/projects/${project}`, { isScripted: false })
    for (const { page } of [overview, live, painted, await browser.openPage(server.url)])
      expect(await page.evaluate(harm)).toEqual(HARMLESS)
    expect(await painted.page.title()).toContain(project)
    expect(await plain.page.locator('.harm').count()).toBe(0)
  })

  test('security 17: what terminals obey, and what reorders text, is neither obeyed nor hidden', async () => {
    const project = newProject()
    const title =
      'ok \u001b[2J\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u202egnp.exe\u202c \u0000 \u0007end'
    await report(server, project, { type: 'approval_requested', approval_id: 'a1', title, agent_type: 'CodeAgent' })
    const { page } = await browser.openPage(`${server.url}/projects/${project}`)
    const text = await page.locator('#approvals').innerText()
    expect(text).toContain('red')
    expect(text).toContain('end')
    expect(text).not.toContain('evil.example')
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    const { body } = await call(server, `/api/v1/projects/${project}/events`)
    expect(JSON.stringify(body)).not.toContain('\\u0000')
  })

  test('security 16: a name that does not exist is shown as text', async () => {
    const watched = await browser.openPage(`${server.url}/projects/${encodeURIComponent(hostile('name'))}`)
    watched.tolerate(/404|400/)
    expect(await watched.page.evaluate(harm)).toEqual(HARMLESS)
    const filtered = await browser.openPage(
      `${server.url}/?q=${encodeURIComponent(hostile('query'))}&status=${encodeURIComponent(hostile('status'))}`,
    )
    expect(await filtered.page.evaluate(harm)).toEqual(HARMLESS)
  })
})

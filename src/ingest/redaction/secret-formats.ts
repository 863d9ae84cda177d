type Format = { kind: string; starts: readonly string[]; rest: string }

// As documented by the providers. One greedy run follows each start, so failed matches are cheap.
const FORMATS: readonly Format[] = [
  { kind: 'github token', starts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], rest: '[A-Za-z0-9]{30,}' },
  { kind: 'github token', starts: ['github_pat_'], rest: '[A-Za-z0-9_]{22,}' },
  {
    kind: 'gitlab token',
    starts: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'glsoat-', 'gloas-'],
    rest: '[A-Za-z0-9_.-]{20,}',
  },
  {
    kind: 'slack token',
    starts: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxe.xox', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    rest: '[A-Za-z0-9-]{10,}',
  },
  { kind: 'slack webhook', starts: ['hooks.slack.com/services/', 'hooks.slack.com/workflows/'], rest: '[A-Za-z0-9_/]{20,}' },
  { kind: 'stripe key', starts: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], rest: '[A-Za-z0-9]{16,}' },
  { kind: 'stripe webhook secret', starts: ['whsec_'], rest: '[A-Za-z0-9+/=]{24,}' },
  { kind: 'google api key', starts: ['AIza'], rest: '[A-Za-z0-9_-]{35}' },
  { kind: 'google oauth token', starts: ['ya29.'], rest: '[A-Za-z0-9_-]{20,}' },
  { kind: 'google client secret', starts: ['GOCSPX-'], rest: '[A-Za-z0-9_-]{24,}' },
  { kind: 'anthropic key', starts: ['sk-ant-'], rest: '[A-Za-z0-9_-]{20,}' },
  { kind: 'openrouter key', starts: ['sk-or-v1-'], rest: '[a-f0-9]{32,}' },
  { kind: 'openai key', starts: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], rest: '[A-Za-z0-9_-]{20,}' },
  { kind: 'openai key', starts: ['sk-'], rest: '[A-Za-z0-9]{32,}' },
  { kind: 'npm token', starts: ['npm_'], rest: '[A-Za-z0-9]{36,}' },
  { kind: 'pypi token', starts: ['pypi-AgE'], rest: '[A-Za-z0-9_-]{40,}' },
  { kind: 'rubygems key', starts: ['rubygems_'], rest: '[a-f0-9]{40,}' },
  {
    kind: 'aws secret key',
    starts: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    rest: '[A-Z0-9]{16}(?:["\'\\\\\\s,:;|/]{1,8}[A-Za-z0-9/+]{40})?(?![A-Za-z0-9])',
  },
  { kind: 'sendgrid key', starts: ['SG.'], rest: '[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}' },
  { kind: 'twilio key', starts: ['SK'], rest: '[0-9a-f]{32}(?![0-9A-Za-z])' },
  { kind: 'mailgun key', starts: ['key-'], rest: '[0-9a-f]{32}(?![0-9A-Za-z])' },
  { kind: 'databricks token', starts: ['dapi'], rest: '[0-9a-f]{32}(?:-\\d)?' },
  { kind: 'hugging face token', starts: ['hf_', 'api_org_'], rest: '[A-Za-z0-9]{30,}' },
  { kind: 'digitalocean token', starts: ['dop_v1_', 'doo_v1_', 'dor_v1_'], rest: '[0-9a-f]{40,}' },
  { kind: 'shopify token', starts: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], rest: '[0-9a-fA-F]{32}' },
  { kind: 'square token', starts: ['sq0atp-', 'sq0csp-'], rest: '[A-Za-z0-9_-]{22,}' },
  { kind: 'linear key', starts: ['lin_api_', 'lin_oauth_'], rest: '[A-Za-z0-9]{32,}' },
  { kind: 'notion token', starts: ['ntn_', 'secret_'], rest: '[A-Za-z0-9]{40,}' },
  { kind: 'postman key', starts: ['PMAK-'], rest: '[0-9a-f]{24}-[0-9a-f]{34}' },
  { kind: 'grafana token', starts: ['glsa_', 'glc_eyJ'], rest: '[A-Za-z0-9_+/=]{32,}' },
  { kind: 'vault token', starts: ['hvs.', 'hvb.', 'hvr.'], rest: '[A-Za-z0-9_-]{24,}' },
  { kind: 'doppler token', starts: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.'], rest: '[A-Za-z0-9._-]{40,}' },
  { kind: 'docker token', starts: ['dckr_pat_', 'dckr_oat_'], rest: '[A-Za-z0-9_-]{20,}' },
  { kind: 'fly token', starts: ['fm2_', 'fm1_', 'fo1_'], rest: '[A-Za-z0-9+/=_-]{30,}' },
  { kind: 'netlify token', starts: ['nfp_', 'nfo_', 'nfc_'], rest: '[A-Za-z0-9_]{32,}' },
  { kind: 'supabase token', starts: ['sbp_', 'sb_secret_'], rest: '[A-Za-z0-9_-]{30,}' },
  { kind: 'planetscale secret', starts: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], rest: '[A-Za-z0-9_.=-]{30,}' },
  { kind: 'new relic key', starts: ['NRAK-', 'NRJS-', 'NRII-'], rest: '[A-Za-z0-9_-]{19,}' },
  { kind: 'sentry token', starts: ['sntrys_', 'sntryu_'], rest: '[A-Za-z0-9+/=_-]{40,}' },
  { kind: 'groq key', starts: ['gsk_'], rest: '[A-Za-z0-9]{40,}' },
  { kind: 'xai key', starts: ['xai-'], rest: '[A-Za-z0-9]{60,}' },
  { kind: 'perplexity key', starts: ['pplx-'], rest: '[A-Za-z0-9]{40,}' },
  { kind: 'replicate token', starts: ['r8_'], rest: '[A-Za-z0-9]{36,}' },
  { kind: 'heroku key', starts: ['HRKU-'], rest: '[A-Za-z0-9_-]{30,}' },
  { kind: 'atlassian token', starts: ['ATATT3', 'ATCTT3', 'ATBB'], rest: '[A-Za-z0-9_=.-]{28,}' },
  { kind: 'age key', starts: ['AGE-SECRET-KEY-1'], rest: '[A-Z0-9]{40,}' },
]

// What may come before a prefix: an escape as in JSON, a percent escape, a terminal colour.
const ESCAPES = '\\\\[nrtbf]|\\\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|(?:\\u001b|\\\\u001b)\\[[0-9;]{0,12}m'
const after = (edge: string) => `(?<=^|${edge}|${ESCAPES})`
const WORD = after('[^A-Za-z0-9]')
const RUN = after('[^A-Za-z0-9_-]')

const PEM_LABEL = '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----'

const SHAPES: readonly { kind: string; pattern: string }[] = [
  {
    kind: 'private key',
    pattern: `${PEM_LABEL}(?=[\\s\\\\nr"'+>|]{0,40}(?:[A-Za-z0-9+/=]{16}|[A-Z][A-Za-z-]{2,15}: ))(?:[A-Za-z0-9+/=\\s\\\\:,._()<>@"']|-(?!----))*(?:-----END [A-Z0-9 ]{0,60}-----)?`,
  },
  // Only at the beginning of a run: otherwise matching would be quadratic.
  {
    kind: 'json web token',
    pattern: `${RUN}eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{6,}`,
  },
  { kind: 'telegram token', pattern: '(?<![0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,35}' },
  { kind: 'azure client secret', pattern: `${RUN}[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,40}` },
  { kind: 'azure key', pattern: '(?<=(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{40,}={0,2}' },
  {
    kind: 'signature',
    pattern: '(?<=[?&;](?:sig|[Ss]ignature|X-Amz-Signature|X-Goog-Signature)=)[A-Za-z0-9%+/=_-]{24,}',
  },
  {
    kind: 'discord token',
    pattern: `${RUN}[MNO][A-Za-z0-9_-]{22,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}`,
  },
  { kind: 'discord webhook', pattern: '(?<=/api/webhooks/[0-9]{5,25}/)[A-Za-z0-9_-]{30,}' },
]

type Trie = Map<string, Trie>

function oneOf(starts: readonly string[]): string {
  const root: Trie = new Map()
  for (const start of starts) {
    let node = root
    for (const letter of start) node = node.get(letter) ?? addTo(node, letter)
  }
  return sourceOf(root)
}

function addTo(node: Trie, letter: string): Trie {
  const next: Trie = new Map()
  node.set(letter, next)
  return next
}

function sourceOf(node: Trie): string {
  const branches = [...node].map(([letter, next]) => letter.replace(/[.\\/[\]{}()*+?^$|-]/, '\\$&') + sourceOf(next))
  return branches.length > 1 ? `(?:${branches.join('|')})` : (branches[0] ?? '')
}

function shortest(starts: readonly string[]): string[] {
  return starts.filter((start) => !starts.some((other) => other !== start && start.startsWith(other)))
}

const START = `${oneOf(shortest([...FORMATS.flatMap((format) => format.starts), 'eyJ', 'M', 'N', 'O']))}[A-Za-z0-9_./-]{8}`
// Separate expressions: the engine only skips ahead when the alternatives are alike.
const START_HINT = new RegExp(`(?<![A-Za-z0-9])${START}`)
const ESCAPED_START_HINT = new RegExp(`(?<=${ESCAPES})${START}`)
const SHAPE_HINT = /[0-9](?::AA|Q~)|(?:Key|ig|ignature)=/

/** False rules out any format in the text; true may be wrong. */
export function mayHoldForm(text: string): boolean {
  if (START_HINT.test(text) || SHAPE_HINT.test(text)) return true
  if (text.includes('PRIVATE KEY') || text.includes('/webhooks/')) return true
  return (text.includes('\\') || text.includes('%') || text.includes('\u001b')) && ESCAPED_START_HINT.test(text)
}

export type FormRule = { kind: string; pattern: RegExp; starts: readonly string[] }

export const FORM_RULES: readonly FormRule[] = [
  ...SHAPES.map(({ kind, pattern }) => ({ kind, pattern: new RegExp(pattern, 'g'), starts: [] })),
  ...FORMATS.map(({ kind, starts, rest }) => ({ kind, starts, pattern: new RegExp(`${WORD}${oneOf(starts)}${rest}`, 'g') })),
]

import { isSecretValue, namedSecret, type Written } from './secret-words.ts'

/** Secrets known by their context, such as `--token …` or `user:pass@`. Repetitions are bounded: matching is linear. */

const NAME =
  '(?:password|passwd|passphrase|passcode|pwd|secret(?:[_-]?access)?[_-]?key|secrets?|token|jwt|(?:api|access|account|auth|private|signing|encryption|master|subscription)[_-]?key|credentials?|connection[_-]?string)'
const FLAG_NAME = '(?:password|passwd|passphrase|pwd|secret|token|secret-?key|api-?key|access-?key|private-?key|auth-?key|credentials)'
const QUOTE = '\\\\{0,3}["\'`]'
const GAP = `(?:${QUOTE})?[\\])]?[ \\t]{0,4}(?:=>|:=|=|:)\\s{0,4}`

// Separate expressions: the engine only skips ahead when the alternatives are alike.
const HINTS = [
  /(?<=(?:passw(?:or)?d|passphrase|passcode|pwd|secrets?|token|jwt|key|authorization|cookie|credentials?|string)["'`\])\\\s]{0,9})[:=]/i,
  /--[A-Za-z]|:\/\/[^\s/@"'<>]{0,300}@|(?:[Bb]earer|BEARER|curl)[\s\\]/,
]

/** False rules out any context in the text; true may be wrong. */
export function mayHoldContext(text: string): boolean {
  return HINTS.some((hint) => hint.test(text))
}

type Context = { pattern: RegExp; replace(match: string, groups: readonly string[]): string }

const redacted = (kind: string) => `[redacted: ${kind}]`

function judged(name: string, value: string, written: Written): string | undefined {
  const named = namedSecret(name)
  return named && isSecretValue(value, named, written) ? redacted(named.kind) : undefined
}

const CONTEXTS: readonly Context[] = [
  {
    pattern: /(?<=:\/\/[^\s/:@"'<>]{0,128}:)[^\s/"'<>?#]{1,256}(?=@)/g,
    replace: (password) => (/^(?:\$|\{|<|\*|\[redacted)/.test(password) ? password : redacted('password')),
  },
  {
    // Authorization: Bearer abc, also as a JSON member or a curl argument
    pattern: new RegExp(
      `(authorization(?:${QUOTE})?\\s{0,3}[:=]\\s{0,3}(?:${QUOTE})?(?:(?:bearer|basic|token|digest|apikey|bot|splunk|negotiate)\\s{1,3})?)([^\\s"'\`\\\\,;<>]{6,})`,
      'gi',
    ),
    replace: (match, [head = '', value = '']) =>
      isSecretValue(value, { kind: '', isFreeForm: false }, 'quoted') ? head + redacted('authorization') : match,
  },
  {
    pattern: /(\bbearer\s{1,3})([A-Za-z0-9._~+/=-]{16,})/gi,
    replace: (match, [head = '', value = '']) => (/[0-9]/.test(value) ? head + redacted('token') : match),
  },
  {
    pattern: new RegExp(`(\\bcookie(?:${QUOTE})?\\s{0,3}:\\s{0,3}(?:${QUOTE})?)([A-Za-z0-9_.-]{1,64}=[^"'\`\\\\\\r\\n]{4,})`, 'gi'),
    replace: (match, [head = '', value = '']) => (value.includes('[redacted') ? match : head + redacted('cookie')),
  },
  {
    pattern: new RegExp(
      `((?<![\\w-])--(?!no-)[a-z0-9-]{0,30}?(${FLAG_NAME})[ \\t]{1,4}(?:${QUOTE})?)([^\\s"'\`\\\\-][^\\s"'\`\\\\]{2,})`,
      'gi',
    ),
    replace: (match, [head = '', name = '', value = '']) =>
      PROSE.test(value) ? match : replaceValue({ match, head, name, value, written: 'tight' }),
  },
  {
    // "password": "hunter2", also inside a JSON text inside a JSON text
    pattern: new RegExp(`((${NAME})${GAP})(\\\\{0,3}["'\`])([^\\r\\n]{1,512}?)(?<!\\\\)(?=\\3)`, 'gi'),
    replace: (match, [head = '', name = '', quote = '', value = '']) => {
      const replacement = judged(name, value, 'quoted')
      return replacement ? head + quote + replacement : match
    },
  },
  {
    pattern: new RegExp(`((${NAME})${GAP})([^\\s"'\`,;&<>|\\\\]{2,}[^\\s"'\`,;&<>|\\\\)\\]}.:])`, 'gi'),
    replace: (match, [head = '', name = '', value = '']) =>
      replaceValue({ match, head, name, value, written: /[A-Za-z]["'\])]*=$/.test(head) ? 'tight' : 'loose' }),
  },
]

const PROSE =
  /^(?:option|flag|argument|parameter|param|switch|value|is|are|was|and|or|to|for|with|from|instead|when|if|on|in|as|at|by|must|will|can|may|should|not|that|which|the|via)[.,;:)]?$/i

type ContextMatch = { match: string; head: string; name: string; value: string; written: Written }

function replaceValue({ match, head, name, value, written }: ContextMatch): string {
  const replacement = judged(name, value, written)
  return replacement ? head + replacement : match
}

const CURL_USER = /((?:\s-u\s{0,2}|\s--user[\s=]{1,2})["']?[^\s:"']{1,128}:)([^\s"'[$][^\s"']{0,255})/g

/** Replaces the secrets that are known by their context. */
export function redactContexts(text: string): string {
  const redactedText = CONTEXTS.reduce(
    (rest, { pattern, replace }) => rest.replaceAll(pattern, (match: string, ...groups: string[]) => replace(match, groups)),
    text,
  )
  // Elsewhere -u takes user and group (docker run -u 1000:1000).
  return /\bcurl\s/.test(redactedText) ? redactedText.replaceAll(CURL_USER, `$1${redacted('password')}`) : redactedText
}

import type { SourceFile } from './source-files.ts'

type LineRule = { pattern: RegExp; saying: string; isExempt(path: string): boolean }

const SPEAKS = /^src\/(telemetry\/|main(\.ts$|\/)|launch\.mjs$)/
const SHOWS_LISTS = /^(?:src\/(?:domain|live|pages|projection|web)|views)\//
const READS_ENVIRONMENT = /^src\/(config\/|launch\.mjs$)/

const A_SECRET = String.raw`(?:\b(?:\w*[sS]ecret|\w*[sS]ignature|\w*[pP]assword|\w*[tT]oken|\w*[dD]igest|\w*[hH]mac|csrf|cookie|verifier)|\b(?:reveal|digest|hashOf|hmac|csrfToken)\([^()]*\))`
/** Whether there is one, or an empty one, tells nothing of it. */
const NO_VALUE = String.raw`(?!\s*(?:undefined|null|''|"")(?!\w))`

const LINE_RULES: LineRule[] = [
  {
    pattern: new RegExp(String.raw`${A_SECRET}\s*[!=]==${NO_VALUE}|[!=]==\s*(?:\w+\.)*${A_SECRET}(?![\w.([])`),
    saying: 'a secret is compared by isSame of src/auth/signing.ts, in a time that tells nothing of it',
    // Its tokens are those of models.
    isExempt: (path) => path.startsWith('src/domain/'),
  },
  {
    pattern: /\b(?:process|Bun)\s*\.\s*env\b|\bimport\.meta\.env\b|import\s*\{[^}]*\benv\b[^}]*\}\s*from\s*'(?:node:process|bun)'/,
    saying: 'the environment is read in src/config alone',
    isExempt: (path) => READS_ENVIRONMENT.test(path),
  },
  {
    pattern: /\bconsole\s*\.\s*\w+/,
    saying: 'src/telemetry and src/main.ts alone write to the console',
    isExempt: (path) => SPEAKS.test(path),
  },
  {
    pattern: /\bprocess\s*\.\s*std(?:out|err)\b/,
    saying: 'src/telemetry and src/main.ts alone write to the console; src/compose/telemetry.ts gives the logger its stream',
    isExempt: (path) => SPEAKS.test(path) || path === 'src/compose/telemetry.ts',
  },
  {
    // A WeakMap by what is never changed is a memo: it remembers nothing that could be otherwise.
    pattern: /^(?:export\s+)?(?:let\b|const (?![^=]*[Rr]eadonly)[^=]*= (?:new (?:Map|Set)(?:<.*>)?\(\)|\[\]|\{\})\s*$)/,
    saying: 'nothing at module level changes: what changes belongs to what is opened',
    // A script in the browser is opened with its page.
    isExempt: (path) => path.startsWith('static/'),
  },
  { pattern: /^\s*export\s+\*/, saying: 'no barrels: import the file that defines it', isExempt: () => false },
  {
    pattern: /\.slice\((?:0, |-)\w*(?:SHOWN|KEPT)\)/,
    saying: 'lists are cut by src/domain/bounded.ts alone, which counts before it cuts',
    isExempt: (path) => !SHOWS_LISTS.test(path),
  },
  {
    pattern: /(?:oxlint|eslint)-disable(?!.* -- \S)|@ts-(?:ignore|nocheck|expect-error)(?!.* -- \S)/,
    saying: 'a rule that is switched off says why, after " -- "',
    isExempt: () => false,
  },
]

const isComment = (line: string) => /^\s*(\/\/|\/\*|\*)/.test(line)

function brokenLines({ path, text }: SourceFile): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      LINE_RULES.filter(({ pattern, isExempt }) => pattern.test(line) && !isExempt(path)).map(
        ({ saying }) => `${path}:${index + 1}: ${saying}`,
      ),
    )
}

const HIDING = new Set(
  'manager managers helper helpers util utils utility common misc base data info handler handlers process service'.split(' '),
)
/** Words of the outside that are kept as they are: a setting, an agent, a field, a close code, the code of this very process. */
const GIVEN =
  /dataDir|DATA_DIR|dataFolder|data-folder|DataAgent|status_?data|statusData|serviceWorker|dataset|SERVICE_RESTART|in-process|InProcess|inProcess/g
const DECLARED = /\b(?:const|let|function\*?|class|type|enum|namespace)\s+([A-Za-z_$][\w$]*)/g

const wordsOf = (name: string) =>
  name
    .replace(GIVEN, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)

/** Names that hide meaning, of files and of what they declare. */
function hidingNames({ path, text }: SourceFile): string[] {
  const code = text
    .split('\n')
    .filter((line) => !isComment(line))
    .join('\n')
  const names = [path.replace(/\.[a-z]+$/, ''), ...[...code.matchAll(DECLARED)].map(([, name = '']) => name)]
  return names
    .filter((name) => wordsOf(name).some((word) => HIDING.has(word)))
    .map((name) => `${path}: "${name}" is a name that hides meaning`)
}

const EXPORTED_FUNCTION = /^export (?:async )?function\*? (\w+)|^export const (\w+)[^=]*= (?:async )?(?:\([^)]*\)|\w+)(?:: [^=]+)? =>/

/** Exported functions of the floors under `web` without a doc comment. */
function undocumented({ path, floor, text }: SourceFile): string[] {
  if (!path.startsWith('src/') || ['web', 'main', 'compose', 'launch'].includes(floor)) return []
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const name = EXPORTED_FUNCTION.exec(line)?.slice(1).find(Boolean)
    return name && !lines[index - 1]?.trimEnd().endsWith('*/') ? `${path}:${index + 1}: ${name} is exported without a doc comment` : []
  })
}

/** Percent of the lines that are comments, among those that are not empty. */
export function commentShare(sources: SourceFile[]): number {
  const lines = sources.flatMap(({ text }) => text.split('\n')).filter((line) => line.trim() !== '')
  return (100 * lines.filter(isComment).length) / Math.max(1, lines.length)
}

/** What the text of single files breaks. */
export function wrongText(sources: SourceFile[]): string[] {
  const barrels = sources.filter(({ path }) => /(^|\/)index\.\w+$/.test(path)).map(({ path }) => `${path}: no index files`)
  return [...barrels, ...sources.flatMap((source) => [...brokenLines(source), ...hidingNames(source), ...undocumented(source)])]
}

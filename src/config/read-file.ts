import { readFileSync, statSync } from 'node:fs'
import { LineCounter, parseDocument, type YAMLError } from 'yaml'
import { describePath, type Problem } from './problem.ts'
import { toValue } from './yaml-value.ts'

export type ConfigFile = {
  path: string
  shownAs: string
  /** An empty file is an empty object. */
  value: unknown
  problem(path: readonly PropertyKey[], reason: string): Problem
  keyProblem(path: readonly PropertyKey[], reason: string): Problem
}

type NamedFile = { path: string; shownAs: string }
type Read = { file: ConfigFile; problems: Problem[] } | { file: undefined; problems: Problem[] }

const LIMIT_BYTES = 1024 * 1024
/** The parser takes seconds on deeper nesting, and overflows the stack. */
const MAX_OPEN_BRACKETS = 1_000

/** Parses a configuration file; never throws, but returns problems. */
export function readConfigFile({ path, shownAs }: NamedFile): Read {
  const whole = (reason: string): Read => ({
    file: undefined,
    problems: [{ file: shownAs, line: undefined, column: undefined, key: '', reason }],
  })
  const text = readText(path)
  if ('reason' in text) return whole(text.reason)
  const bracket = deepBracket(text.text)
  const lineCounter = new LineCounter()
  const at = (offset: number | undefined, key: string, reason: string): Problem => {
    const { line, col } = lineCounter.linePos(offset ?? 0)
    return { file: shownAs, line: Math.max(1, line), column: Math.max(1, col), key, reason }
  }
  if (bracket !== undefined) return whole(`more than ${MAX_OPEN_BRACKETS} brackets are open at character ${bracket}`)
  const document = parseDocument(text.text, { lineCounter, prettyErrors: false, uniqueKeys: false, merge: true, logLevel: 'error' })
  const syntax = [...document.errors, ...document.warnings].slice(0, 20).map((error) => at(error.pos[0], '', explain(error)))
  if (syntax.length > 0) return { file: undefined, problems: syntax }

  const { value, faults, find, findKey } = toValue(document)
  if (faults.length > 0) return { file: undefined, problems: faults.slice(0, 20).map((it) => at(it.at, describePath(it.path), it.reason)) }
  const nearest = (key: readonly PropertyKey[]): number | undefined => (key.length === 0 ? 0 : (find(key) ?? nearest(key.slice(0, -1))))
  const file: ConfigFile = {
    path,
    shownAs,
    value: value ?? {},
    problem: (key, reason) => at(nearest(key), describePath(key), reason),
    keyProblem: (key, reason) => at(findKey(key) ?? nearest(key), describePath(key), reason),
  }
  return { file, problems: [] }
}

function readText(path: string): { text: string } | { reason: string } {
  try {
    const { size, isFile } = kindOf(path)
    if (!isFile) return { reason: 'is not a file' }
    if (size > LIMIT_BYTES) return { reason: `is larger than 1 MiB (${size} bytes)` }
    const bytes = readFileSync(path)
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return { reason: whyUnreadable(error) }
  }
}

function kindOf(path: string) {
  const status = statSync(path)
  return { size: status.size, isFile: status.isFile() }
}

function whyUnreadable(error: unknown): string {
  if (error instanceof TypeError) return 'is not UTF-8 text'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: permission denied'
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
}

function deepBracket(text: string): number | undefined {
  let open = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '[' || character === '{') open++
    else if ((character === ']' || character === '}') && open > 0) open--
    if (open > MAX_OPEN_BRACKETS) return index
  }
  return undefined
}

const PLAINLY: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'a tab indents this line; YAML takes spaces only',
  MULTIPLE_DOCS: 'a second document begins here; the file must hold one',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
}

function explain({ code, message }: YAMLError): string {
  const inSentence = `${message.charAt(0).toLowerCase()}${message.slice(1)}`
  if (code === 'TAG_RESOLVE_FAILED') return `${inSentence}; tags are not used here, write the plain value`
  return PLAINLY[code] ?? `is not valid YAML: ${inSentence}`
}

export type Problem = {
  /** Its name, `environment` or `command line`. */
  file: string
  line: number | undefined
  column: number | undefined
  /** Such as `projects.apollo.path`, `PORT` or `--port`; empty for the whole file. */
  key: string
  reason: string
}

export type Variables = Readonly<Record<string, string | undefined>>

/** A problem with a variable or a flag. */
export function outsideProblem(key: string, reason: string): Problem {
  return { file: key.startsWith('--') ? 'command line' : 'environment', line: undefined, column: undefined, key, reason }
}

export type ReadVariables<Given> = { given: Given; problem(name: keyof Given & string, reason: string): Problem }

/** The outcome of SIGHUP; `at` in ms since 1970. */
export type ReloadReport = {
  at: number
  outcome: 'unchanged' | 'rolled' | 'refused' | 'failed' | 'restart needed'
  problems: readonly string[]
}

export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(
    readonly problems: readonly Problem[],
    readonly warnings: readonly Problem[] = [],
  ) {
    super(problems.map(describeProblem).join('\n'))
  }
}

/** `orch-config.yaml:12:5 projects.apollo.path: is required`, without control characters. */
export function describeProblem({ file, line, column, key, reason }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return printable(key === '' ? `${place}: ${reason}` : `${place} ${key}: ${reason}`)
}

/** A value as messages show it: quoted, cut, never a whole section. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a section'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  return typeof value === 'number' ? `the number ${value}` : String(value)
}

/** A key path: `projects.apollo.tags[2]`. */
export function describePath(path: readonly PropertyKey[]): string {
  const step = (key: PropertyKey) => {
    if (typeof key === 'number') return `[${key}]`
    const text = String(key)
    return /^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}]`
  }
  return path.map(step).join('').replace(/^\./, '')
}

// A configuration file must not control the terminal.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const printable = (text: string) => text.replace(UNPRINTABLE, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

export class UsageError extends Error {
  override name = 'UsageError'
}

/** A word of the command line, quoted. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** What is wrong with a setting, and where: enough to find it and to put it right. */
export type Problem = {
  /** The file as it was named, or `environment`, or `command line`. */
  file: string
  line: number | undefined
  column: number | undefined
  /** The path of the setting, such as `projects.apollo.path`, `PORT` or `--port`; empty for the file as a whole. */
  key: string
  reason: string
}

export type Variables = Readonly<Record<string, string | undefined>>

/** A problem with a variable or a flag. */
export function outsideProblem(key: string, reason: string): Problem {
  return { file: key.startsWith('--') ? 'command line' : 'environment', line: undefined, column: undefined, key, reason }
}

/** Values of variables and flags, and how to say what is wrong with one of them. */
export type ReadVariables<Given> = { given: Given; problem(name: keyof Given & string, reason: string): Problem }

/** What SIGHUP led to. `at` in ms since 1970; problems as check-config words them. */
export type ReloadReport = {
  at: number
  outcome: 'unchanged' | 'rolled' | 'refused' | 'failed' | 'restart needed'
  problems: readonly string[]
}

/** The configuration cannot be used. Holds every problem that was found, not just the first. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(
    readonly problems: readonly Problem[],
    readonly warnings: readonly Problem[] = [],
  ) {
    super(problems.map(describeProblem).join('\n'))
  }
}

/** One line: `orch-config.yaml:12:5 projects.apollo.path: is required`. Nothing in it can steer a terminal. */
export function describeProblem({ file, line, column, key, reason }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return printable(key === '' ? `${place}: ${reason}` : `${place} ${key}: ${reason}`)
}

/** A value as a message shows it: quoted when it is text, cut when it is long, and never a whole section. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a section'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  return typeof value === 'number' ? `the number ${value}` : String(value)
}

/** A key path as people write it: `projects.apollo.tags[2]`; a key that is no plain word is quoted. */
export function describePath(path: readonly PropertyKey[]): string {
  const step = (key: PropertyKey) => {
    if (typeof key === 'number') return `[${key}]`
    const text = String(key)
    return /^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}]`
  }
  return path.map(step).join('').replace(/^\./, '')
}

// Control characters and the marks that reorder text: a configuration file must not write to the terminal of who checks it.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const printable = (text: string) => text.replace(UNPRINTABLE, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)

/** The command line cannot be understood; the message says what was meant, in one line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** A word of the command line as messages quote it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

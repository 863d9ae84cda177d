export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = 'json' | 'detailed'

export type Fields = Record<string, unknown>
export type Logger = Record<LogLevel, (message: string, fields?: Fields) => void>

/** Where records go, and how they look there. */
export type Output = { format: LogFormat; write(line: string): void }
export type LoggerOptions = {
  level: LogLevel
  outputs: readonly Output[]
  /** What every JSON record says of the program: environment, pid, worker. */
  origin?: Fields
  /** What the record says of the step that it was written in. */
  step?: () => Fields | undefined
}

/**
 * One line per record. `json` has `@timestamp`, `level` in upper case, `message` and the fields, which is what log
 * shippers and `grep ERROR` look for; `detailed` is for people. Errors are written with their stack.
 */
export function createLogger({ level: least, outputs, origin = {}, step }: LoggerOptions): Logger {
  const threshold = LOG_LEVELS.indexOf(least)
  const at =
    (level: LogLevel) =>
    (message: string, own: Fields = {}) => {
      if (LOG_LEVELS.indexOf(level) < threshold) return
      const fields = { ...own, ...step?.() }
      const lines: Partial<Record<LogFormat, string>> = {}
      for (const { format, write } of outputs) {
        write(
          (lines[format] ??= format === 'json' ? jsonLine({ level, message, ...origin }, fields) : detailedLine(level, message, fields)),
        )
      }
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

type Head = { level: LogLevel; message: string } & Fields

/** A record with the keys that every line of ours has, the end of its line included. */
export function jsonLine({ level, message, ...origin }: Head, fields: Fields): string {
  const first = { '@timestamp': new Date().toISOString(), level: level.toUpperCase(), message, service: 'visualizer' }
  return `${JSON.stringify({ ...first, ...origin, ...plain(fields) })}\n`
}

function detailedLine(level: LogLevel, message: string, fields: Fields): string {
  const { error, ...others } = fields
  const pairs = Object.entries(others).map(([key, value]) => `${key}=${harmless(JSON.stringify(value) ?? 'undefined')}`)
  const stack = error === undefined ? '' : `\n  ${harmless(describeError(error)).replaceAll('\n', '\n  ')}`
  return `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${singleLine(message)}${pairs.length > 0 ? ` ${pairs.join(' ')}` : ''}${stack}\n`
}

const plain = ({ error, ...fields }: Fields): Fields => (error === undefined ? fields : { ...fields, error: describeError(error) })

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` caused by ${describeError(error.cause)}`
  return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`
}

// What was reported, and addresses that were asked for, may hold line ends and terminal sequences: they must not look like
// another record. The lines of a stack are indented.
const harmless = (text: string) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, '�')
const singleLine = (text: string) => harmless(text).replace(/[\t\n]/g, '�')

import type { Writable } from 'node:stream'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFormat = 'json' | 'detailed'

export type Fields = Record<string, unknown>
export type Logger = Record<LogLevel, (message: string, fields?: Fields) => void>

export type Output = { format: LogFormat; write(line: string): void }
export type LoggerOptions = {
  level: LogLevel
  outputs: readonly Output[]
  origin?: Fields
  step?: () => Fields | undefined
}

/** Writes a line per record: `json` for log shippers, `detailed` for people. Errors include their stack. */
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

/** A JSON line with the fields that all records have. */
export function jsonLine({ level, message, ...origin }: Head, fields: Fields): string {
  const first = { '@timestamp': new Date().toISOString(), level: level.toUpperCase(), message, service: 'visualizer' }
  return `${escaped(JSON.stringify({ ...first, ...origin, ...plain(fields) }))}\n`
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

// Reported texts may contain line ends, terminal sequences and marks of direction, which could fake other records.
const harmless = (text: string) =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '�')
/** What JSON leaves as it is, although a terminal or a reader of lines may obey it. */
const escaped = (json: string) =>
  json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const singleLine = (text: string) => harmless(text).replace(/[\t\n]/g, '�')

const LIMIT_BYTES = 4 * 1024 * 1024

/** Writes lines to a stream, and drops them while its reader has more than 4 MiB to read, which would all stay in memory. */
export function boundedOutput(stream: Writable, onDropped: (lines: number) => void): (line: string) => void {
  let waiting = 0
  // A closed terminal must not end the program, least of all while draining.
  stream.on('error', () => onDropped(1))
  return (line) => {
    if (waiting + line.length > LIMIT_BYTES) return onDropped(1)
    waiting += line.length
    stream.write(line, () => {
      waiting -= line.length
    })
  }
}

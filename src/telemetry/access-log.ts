import { type Fields, jsonLine } from './logger.ts'

/** A request and its response. Query strings are left out, because they may hold secrets. */
export type AccessRecord = {
  method: string
  path: string
  status: number
  bytes: number | undefined
  durationMicroseconds: number
  client: string | undefined
  referer: string | undefined
  userAgent: string | undefined
  requestId: string
}

export type AccessLog = (record: AccessRecord) => void

/** Limits each text, so that a record is a single write. */
const TEXT_KEPT = 500

/** Writes a JSON line per request. */
export function createAccessLog(
  write: (line: string) => void,
  { origin, step }: { origin: Fields; step(): Fields | undefined },
): AccessLog {
  return (record) =>
    write(
      jsonLine(
        { level: 'info', message: `${record.method} ${record.path.slice(0, TEXT_KEPT)}`, ...origin },
        {
          method: record.method,
          path: record.path.slice(0, TEXT_KEPT),
          status: record.status,
          bytes: record.bytes,
          duration_us: record.durationMicroseconds,
          client: record.client,
          referer: withoutQuery(record.referer),
          user_agent: record.userAgent?.slice(0, TEXT_KEPT),
          request_id: record.requestId,
          ...step(),
        },
      ),
    )
}

const withoutQuery = (address: string | undefined) =>
  address
    ?.replace(/[?#].*$/s, '')
    .replace(/\/\/[^/@]*@/, '//')
    .slice(0, TEXT_KEPT)

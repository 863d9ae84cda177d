import { type Fields, jsonLine } from './logger.ts'

/** One request, as it was answered. Of addresses only the path: what follows it may hold secrets. */
export type AccessRecord = {
  method: string
  path: string
  status: number
  /** Of the body as it was sent; undefined for a stream. */
  bytes: number | undefined
  durationMicroseconds: number
  /** As the socket gives it; behind a proxy that is the proxy. */
  client: string | undefined
  referer: string | undefined
  userAgent: string | undefined
  requestId: string
}

export type AccessLog = (record: AccessRecord) => void

/** What clients send is kept up to this: a line is one write. */
const TEXT_KEPT = 500

/** Writes a JSON line a request, with the keys that every record has. */
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

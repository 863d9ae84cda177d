import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env } from '../env.ts'

/** The server's own limits apply first beyond about 16 KB of fields. */
const LINE_BYTES = 4094
const FIELDS = 100
const FIELD_BYTES = 8190

const SPACES_AND_VERSION = '  HTTP/1.1'.length
const COLON_AND_SPACE = 2

/** Refuses requests with an address or fields beyond the limits, and packed bodies: a small one may unpack into gigabytes. */
export const requestLimits = () =>
  createMiddleware<Env>(async (c, next) => {
    const { url, method, headers } = c.req.raw
    refusePacked(headers.get('content-encoding') ?? 'identity')
    const targetBytes = url.length - url.indexOf('/', url.indexOf('://') + 3)
    if (method.length + targetBytes + SPACES_AND_VERSION > LINE_BYTES) {
      throw new RefusedError('URI_TOO_LONG', `The request line is longer than ${LINE_BYTES} bytes.`, { limit_bytes: LINE_BYTES })
    }
    let count = 0
    for (const [name, value] of headers) {
      count++
      if (name.length + COLON_AND_SPACE + value.length > FIELD_BYTES) {
        const message = `The header field ${name.slice(0, 100)} is longer than ${FIELD_BYTES} bytes.`
        throw new RefusedError('HEADERS_TOO_LARGE', message, { limit_bytes: FIELD_BYTES })
      }
    }
    if (count > FIELDS) {
      throw new RefusedError('HEADERS_TOO_LARGE', `There are more than ${FIELDS} header fields.`, { limit_fields: FIELDS })
    }
    return next()
  })

function refusePacked(coding: string) {
  if (coding.toLowerCase() === 'identity') return
  const message = `content-encoding ${coding.slice(0, 100)} is not accepted; send the body as it is`
  throw new RefusedError('VALIDATION_ERROR', message, { reason: 'content encoding' })
}

/** Refuses a request that has no answer in time; one whose answer has begun, as a stream or websocket, goes on. */
export const deadline = (withinMs: number) =>
  createMiddleware<Env>(async (_, next) => {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const seconds = withinMs / 1_000
    const message = `This request took longer than ${seconds} s. Whether what it asked for was done is not known: look before you send it again.`
    const timer = setTimeout(() => reject(new RefusedError('SERVICE_UNAVAILABLE', message)), withinMs)
    try {
      await Promise.race([next(), late])
    } finally {
      clearTimeout(timer)
    }
  })

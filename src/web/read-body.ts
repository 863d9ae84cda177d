import type { Context } from 'hono'
import { RefusedError } from '../domain/refused.ts'
import type { Env } from './env.ts'

/** A client that sends a byte now and then would hold its connection for good. */
const DEADLINE_MS = 120_000
const TOO_SLOW = new RefusedError('VALIDATION_ERROR', 'The body did not come within 120 s; nothing of it was stored.', {
  reason: 'too slow',
})

/** A request's body as text. Refuses slow, too large, and non-UTF-8 bodies: replacement characters could make two ids one. */
export async function readBody(c: Context<Env>, limitBytes: number): Promise<string> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(TOO_SLOW), DEADLINE_MS)
  const bytes = await Promise.race([readBytes(c.req.raw, limitBytes), late.promise]).finally(() => clearTimeout(timer))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RefusedError('VALIDATION_ERROR', 'the body is not UTF-8; send JSON as UTF-8', { reason: 'not UTF-8' })
  }
}

async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (Number(declared) > limitBytes) throw tooLarge(limitBytes)
  try {
    return declared === null ? await readParts(request, limitBytes) : await request.bytes()
  } catch (error) {
    if (error instanceof RefusedError) throw error
    // The client is gone; nothing failed on our side.
    throw new RefusedError('VALIDATION_ERROR', 'the connection ended before the body did; nothing of it was stored', {
      reason: 'incomplete',
    })
  }
}

async function readParts({ body }: Request, limitBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > limitBytes) throw tooLarge(limitBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function tooLarge(limitBytes: number): RefusedError {
  const message = `The body is larger than ${limitBytes / 1024 / 1024} MiB; nothing of it was stored. Send fewer events at once.`
  return new RefusedError('PAYLOAD_TOO_LARGE', message, { limit_bytes: limitBytes })
}

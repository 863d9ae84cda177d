import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ERROR_STATUS, type ErrorCode, RefusedError } from '../domain/refused.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import type { Env } from './env.ts'

export type Answer = { code: ErrorCode; message: string; details: Record<string, unknown> }

const RETRY_AFTER_SECONDS = 2

/** Where only the answer of the log was lost, the events are there. */
const NOT_STORED =
  'The event log cannot be reached or is full. Send the same again, with the same ids or Idempotency-Key: if it was stored all the same, it counts once.'

/** What the caller is told. Whatever is not the caller's fault says nothing of its cause: that is in the log, by request id. */
export function answerTo(error: unknown, method: string): Answer {
  if (error instanceof RefusedError) return { code: error.code, message: error.message, details: error.details }
  if (error instanceof LogUnavailableError) {
    const message = method === 'GET' || method === 'HEAD' ? 'The event log cannot be reached.' : NOT_STORED
    return { code: 'SERVICE_UNAVAILABLE', message, details: { retry_after_seconds: RETRY_AFTER_SECONDS } }
  }
  return { code: 'INTERNAL_ERROR', message: 'The service failed at this request. The log names the cause by request id.', details: {} }
}

export const statusOf = (code: ErrorCode): ContentfulStatusCode => ERROR_STATUS[code]

/** The one shape of every error of the API. */
export function errorJson(c: Context<Env>, { code, message, details }: Answer) {
  if (code === 'SERVICE_UNAVAILABLE') c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  const body = { error: message, code, timestamp: new Date().toISOString(), request_id: c.get('requestId'), details }
  return c.json(body, statusOf(code))
}

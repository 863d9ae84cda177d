import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../../domain/refused.ts'
import type { Env } from '../env.ts'

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

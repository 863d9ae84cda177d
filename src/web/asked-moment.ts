import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../domain/refused.ts'
import type { Env } from './env.ts'

/** The moment that an address asks for with `?at=`; undefined for now. Whoever asks for it here answers as of that moment. */
export function askedMoment(c: Context<Env>): string | undefined {
  c.set('isMomentHonoured', true)
  return c.req.query('at')
}

const READS = new Set(['GET', 'HEAD'])

/** Refuses an address with `?at=` that was answered without a look at it: what is now would pass for what was then. */
export const momentsAreHonoured = () =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    const isIgnored = c.req.query('at') !== undefined && !c.get('isMomentHonoured')
    if (!isIgnored || !READS.has(c.req.method) || c.res.status >= 400) return
    // None of its headers may stand on the refusal.
    for (const name of [...c.res.headers.keys()]) c.header(name, undefined)
    const message =
      'This address always tells what is now: leave at out. Projects and all that is below them look back with it, the overview too.'
    throw new RefusedError('VALIDATION_ERROR', message, { field: 'at' })
  })

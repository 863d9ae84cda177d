import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { RefusedError } from '../domain/refused.ts'
import type { PageRequest } from '../pages/page.ts'
import type { Env } from './env.ts'

export const YEAR_SECONDS = 31_536_000

/** A request as pages see it. They answer as of `?at=`. */
export function pageRequest(c: Context<Env>): PageRequest {
  return {
    url: new URL(c.req.url),
    project: c.req.param('name') ?? '',
    at: askedMoment(c),
    cookie: (name) => getCookie(c, name),
    // A scheme that a proxy ended is not told here, so the cookie is not marked secure: it holds a taste, no secret.
    remember: (name, value) => setCookie(c, name, value, { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax' }),
    signal: c.env.arrived.signal,
  }
}

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

import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { PageRequest } from '../pages/page.ts'
import { askedMoment } from './asked-moment.ts'
import type { Env } from './env.ts'

export const YEAR_SECONDS = 31_536_000

/** A request as pages see it. They answer as of `?at=`. */
export function pageRequest(c: Context<Env>): PageRequest {
  return {
    url: new URL(c.req.url),
    named: (part) => c.req.param(part) ?? '',
    at: askedMoment(c),
    cookie: (name) => getCookie(c, name),
    // A scheme that a proxy ended is not told here, so the cookie is not marked secure: it holds a taste, no secret.
    remember: (name, value) => setCookie(c, name, value, { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax' }),
    signal: c.env.arrived.signal,
  }
}

import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { NOBODY } from '../auth/viewer.ts'
import { RefusedError } from '../domain/refused.ts'
import type { PageRequest } from '../pages/page.ts'
import type { Env } from './env.ts'

const YEAR_SECONDS = 31_536_000

/** Keeps a preference in the browser for a year; without a value, forgets it. */
export function rememberFor(c: Context<Env>, name: string, value: string): void {
  const maxAge = value === '' ? 0 : YEAR_SECONDS
  setCookie(c, name, value, { path: '/', maxAge, sameSite: 'Lax', httpOnly: true, secure: c.get('client').isHttps })
}

export function pageRequest(c: Context<Env>): PageRequest {
  return {
    // A page of an error may be asked for before it is known who asks.
    viewer: c.get('viewer') ?? NOBODY,
    url: new URL(c.req.url),
    origin: c.get('client').origin,
    project: c.req.param('name') ?? '',
    at: askedMoment(c),
    cookie: (name) => getCookie(c, name),
    remember: (name, value) => rememberFor(c, name, value),
    csrf: c.get('csrf')?.(),
    signal: c.env.arrived.signal,
  }
}

/** The moment of `?at=`; whoever asks for it must answer as of it. */
export function askedMoment(c: Context<Env>): string | undefined {
  c.set('isMomentHonoured', true)
  return c.req.query('at')
}

const READS = new Set(['GET', 'HEAD'])

/** Refuses `?at=` where a route ignored it and would show the present as the past. */
export const momentsAreHonoured = () =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    const isIgnored = c.req.query('at') !== undefined && !c.get('isMomentHonoured')
    if (!isIgnored || !READS.has(c.req.method) || c.res.status >= 400) return
    // The refusal must not carry the answer's headers.
    for (const name of [...c.res.headers.keys()]) c.header(name, undefined)
    const message =
      'This address always tells what is now: leave at out. Projects and all that is below them look back with it, the overview too.'
    throw new RefusedError('VALIDATION_ERROR', message, { field: 'at' })
  })

import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Env, WebSettings } from './env.ts'

const NAME = 'visualizer'
/** Browsers take a cookie of this name over https only, from this host alone, for all paths (RFC 6265bis). */
const HOST_NAME = `__Host-${NAME}`

export type SessionCookie = ReturnType<typeof sessionCookie>

/** The cookie of a session: signed, not readable by scripts, and for https alone where the request came over https. */
export function sessionCookie({ session }: WebSettings['auth']) {
  const isSecure = (c: Context<Env>) => session.isSecure ?? c.get('client').isHttps
  const nameFor = (c: Context<Env>) => (isSecure(c) ? HOST_NAME : NAME)
  const attributes = (c: Context<Env>) => ({ path: '/', secure: isSecure(c), httpOnly: true, sameSite: session.sameSite })
  return {
    isSecure,
    read: (c: Context<Env>): string | undefined => getCookie(c, nameFor(c)),
    write(c: Context<Env>, value: string) {
      const maxAge = session.isPermanent ? { maxAge: session.hours * 3_600 } : {}
      setCookie(c, nameFor(c), value, { ...attributes(c), ...maxAge })
    },
    clear(c: Context<Env>) {
      for (const name of [NAME, ...(isSecure(c) ? [HOST_NAME] : [])])
        deleteCookie(c, name, { ...attributes(c), secure: name === HOST_NAME })
    },
  }
}

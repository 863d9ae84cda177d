import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { DoorFrame } from '../../views/pages/sign-in.tsx'
import type { Env, WebDeps } from './env.ts'
import { sessionCookie } from './session-cookie.ts'

/** What a page is told that shows nothing of any project. */
export function bareFrame(c: Context<Env>, { files, settings }: Pick<WebDeps, 'files' | 'settings'>): DoorFrame {
  const theme = getCookie(c, 'theme')
  // An error may be answered before it is known how the request came.
  const isPlain = c.get('client') !== undefined && !sessionCookie(settings.auth).isSecure(c)
  return { asset: files.href, build: files.build, theme: theme === 'light' || theme === 'dark' ? theme : undefined, isPlain }
}

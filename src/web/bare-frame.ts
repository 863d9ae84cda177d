import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import type { DoorFrame } from '../../views/pages/sign-in.tsx'
import type { Env, WebDeps } from './env.ts'

/** What a page is told that shows nothing of any project. */
export function bareFrame(c: Context<Env>, { files }: Pick<WebDeps, 'files'>): DoorFrame {
  const theme = getCookie(c, 'theme')
  return { asset: files.href, build: files.build, theme: theme === 'light' || theme === 'dark' ? theme : undefined }
}

import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { attentionPosition } from '../live/attention-page.tsx'
import { SILENCE_SECONDS } from '../live/heartbeats.ts'
import { type LiveTarget, livePath, projectOfTarget } from '../live/topic.ts'
import { troubleOf } from '../projection/outages.ts'
import type { Frame } from '../../views/shell/layout.tsx'
import type { Env, WebDeps } from './env.ts'

/** How often a page loads itself again for readers without script. */
const REFRESH_SECONDS = 15

type Live = { target: LiveTarget; since: string; made?: string; lastEventAt: number | undefined }

/** What every page is told about the request that it answers. */
export function pageFrame(c: Context<Env>, { overview, files, settings, outages }: WebDeps, live?: Live): Frame {
  const { counts } = overview
  const project = live && projectOfTarget(live.target)
  const theme = getCookie(c, 'theme')
  const density = getCookie(c, 'density')
  return {
    counts,
    now: Date.now(),
    density: density === 'compact' || density === 'detailed' ? density : undefined,
    theme: theme === 'light' || theme === 'dark' ? theme : undefined,
    asset: files.href,
    build: files.build,
    trouble: live && troubleOf(outages(), project),
    attentionPath: livePath({ page: 'attention' }, attentionPosition(counts)),
    silenceSeconds: SILENCE_SECONDS,
    isOpenToOthers: settings.isOpenToOthers,
    ...(live
      ? { live: { path: livePath(live.target, live.since, live.made), lastEventAt: live.lastEventAt }, refreshSeconds: REFRESH_SECONDS }
      : {}),
  }
}

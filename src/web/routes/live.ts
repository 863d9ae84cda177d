import { Hono } from 'hono'
import { RefusedError } from '../../domain/refused.ts'
import { readTarget, topicOf } from '../../live/topic.ts'
import type { Env, WebDeps } from '../env.ts'
import { lookUpProject } from '../find-project.ts'

/** What the browser is told by the close code, because it cannot read the status of a refused upgrade. */
const TRY_LATER = 1013
const NOT_YOURS = 4403

/** GET /live/… — the websocket of the page with the same address below `/`. */
export function liveRoutes({ hub, projections }: WebDeps) {
  return new Hono<Env>().get('/live/*', async (c) => {
    const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket' && /\bupgrade\b/i.test(c.req.header('connection') ?? '')
    if (!isUpgrade) throw new RefusedError('VALIDATION_ERROR', 'This address answers websockets only.')
    const url = new URL(c.req.url)
    const target = readTarget(url)
    const project = target?.page === 'project' ? (await lookUpProject({ projections }, target.name))?.name : undefined
    const isThere = target !== undefined && (target.page !== 'project' || project !== undefined)
    const known = isThere && target.page === 'project' ? { ...target, name: project ?? target.name } : target
    const refusal = !isThere ? NOT_YOURS : hub.hasRoom ? undefined : TRY_LATER
    const since = url.searchParams.get('since') ?? undefined
    const watching = { topic: known ? topicOf(known) : '', since, refusal, heardAt: Date.now() }
    if (!c.env.server.upgrade(c.req.raw, { data: watching }))
      throw new RefusedError('VALIDATION_ERROR', 'The websocket handshake is not valid.')
    // The connection is the websocket's now; the server drops this answer, and the logs tell what the handshake was answered with.
    return new Response(null, { status: 101 })
  })
}

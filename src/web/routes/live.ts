import { Hono } from 'hono'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Refusal } from '../../live/close-reason.ts'
import { type LiveTarget, readTarget, topicOf } from '../../live/topic.ts'
import type { Env, WebDeps } from '../env.ts'
import { lookUpProject } from '../find-project.ts'

/** GET /live/… — the websocket of the page with the same address below `/`. */
export function liveRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/live/*', async (c) => {
    const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket' && /\bupgrade\b/i.test(c.req.header('connection') ?? '')
    if (!isUpgrade) throw new RefusedError('VALIDATION_ERROR', 'This address answers websockets only.')
    const url = new URL(c.req.url)
    const target = readTarget(url)
    const known = target && (await knownTarget(deps, target))
    const refusal = refusalOf(deps, known)
    const since = url.searchParams.get('since') ?? undefined
    const made = url.searchParams.get('made') ?? undefined
    const watching = { topic: known && known !== 'later' ? topicOf(known) : '', since, made, refusal, heardAt: Date.now() }
    if (!c.env.server.upgrade(c.env.arrived, { data: watching }))
      throw new RefusedError('VALIDATION_ERROR', 'The websocket handshake is not valid.')
    // The connection is the websocket's now; the server drops this answer, and the logs tell what the handshake was answered with.
    return new Response(null, { status: 101 })
  })
}

function refusalOf({ hub, isRead }: WebDeps, known: LiveTarget | 'later' | undefined): Refusal | undefined {
  if (known === undefined) return 'not_yours'
  if (known === 'later' || !isRead()) return 'later'
  if (hub.isClosing) return 'later'
  return hub.hasRoom ? undefined : 'full'
}

/** Under the name that the project has; `later` while the log is away, and with it who knows whether there is one. */
async function knownTarget(deps: WebDeps, target: LiveTarget): Promise<LiveTarget | 'later' | undefined> {
  if (!('name' in target)) return target
  try {
    const project = await lookUpProject(deps, target.name)
    return project && { ...target, name: project.name }
  } catch (error) {
    if (error instanceof LogUnavailableError) return 'later'
    throw error
  }
}

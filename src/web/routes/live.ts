import { Hono } from 'hono'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Refusal } from '../../live/hub.ts'
import { underItsName } from '../../pages/address.ts'
import type { Topic } from '../../pages/page.ts'
import { topicAt } from '../../pages/registry.ts'
import { lookUpProject } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'

/** GET /live/…: the websocket of the page with that address. */
export function liveRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/live/*', async (c) => {
    const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket' && /\bupgrade\b/i.test(c.req.header('connection') ?? '')
    if (!isUpgrade) throw new RefusedError('VALIDATION_ERROR', 'This address answers websockets only.')
    const url = new URL(c.req.url)
    const [since, made] = [url.searchParams.get('since') ?? undefined, url.searchParams.get('made') ?? undefined]
    url.pathname = url.pathname.slice('/live'.length)
    const viewer = c.get('viewer')
    const topic = viewer && (await knownTopic(deps, topicAt(url)))
    const refusal = viewer ? refusalOf(deps, topic) : 'signed_out'
    const watching = { topic: topic === 'later' ? '' : (topic ?? ''), since, made, refusal, heardAt: Date.now(), session: viewer?.session }
    if (!c.env.server.upgrade(c.env.arrived, { data: watching }))
      throw new RefusedError('VALIDATION_ERROR', 'The websocket handshake is not valid.')
    // The server ignores this answer after an upgrade; the status is for the logs.
    return new Response(null, { status: 101 })
  })
}

function refusalOf({ hub, isRead }: WebDeps, topic: string | undefined): Refusal | undefined {
  if (topic === undefined) return 'not_yours'
  if (topic === 'later' || !isRead()) return 'later'
  if (hub.isClosing) return 'later'
  return hub.hasRoom ? undefined : 'full'
}

/** The topic under the registered name; `later` while the log is away. */
async function knownTopic(deps: WebDeps, topic: Topic | undefined): Promise<string | undefined> {
  if (topic?.project === undefined) return topic?.address
  try {
    const project = await lookUpProject(deps, topic.project)
    return project && underItsName(topic.address, project.name)
  } catch (error) {
    if (error instanceof LogUnavailableError) return 'later'
    throw error
  }
}

import { type Context, Hono } from 'hono'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Viewer } from '../../auth/viewer.ts'
import type { Refusal, Watching } from '../../live/hub.ts'
import { underItsName } from '../../pages/address.ts'
import type { Topic } from '../../pages/page.ts'
import { topicAt } from '../../pages/registry.ts'
import { lookUpProject } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'

/** GET /live/…: the websocket of the page with that address. */
export function liveRoutes(deps: WebDeps) {
  return new Hono<Env>().get('/live/*', async (c) => {
    checkHandshake(c)
    const url = new URL(c.req.url)
    const [since, made] = [url.searchParams.get('since') ?? undefined, url.searchParams.get('made') ?? undefined]
    url.pathname = url.pathname.slice('/live'.length)
    const viewer = c.get('viewer')
    const watched = viewer && (await watchedAt(deps, viewer, topicAt(url)))
    const refusal = viewer ? refusalOf(deps, watched) : 'signed_out'
    const watching = {
      topic: '',
      since,
      made,
      refusal,
      heardAt: Date.now(),
      session: viewer?.session,
      ...(watched === 'later' ? {} : watched),
    }
    if (!c.env.server.upgrade(c.env.arrived, { data: watching }))
      throw new RefusedError('VALIDATION_ERROR', 'The websocket handshake is not valid.')
    // The server ignores this answer after an upgrade; the status is for the logs.
    return new Response(null, { status: 101 })
  })
}

const VERSION = '13'

/** What a handshake must say (RFC 6455, 4.2.1); the server itself looks at less. */
function checkHandshake(c: Context<Env>): void {
  const connection = c.req.header('connection')?.split(',') ?? []
  const isUpgrade = connection.some((option) => option.trim().toLowerCase() === 'upgrade')
  if (c.req.method !== 'GET' || !isUpgrade || c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new RefusedError('VALIDATION_ERROR', 'This address answers websockets only.')
  }
  const key = c.req.header('sec-websocket-key') ?? ''
  if (c.req.header('sec-websocket-version') === VERSION && /^[\w+/]{22}==$/.test(key)) return
  c.header('Sec-WebSocket-Version', VERSION)
  throw new RefusedError('VALIDATION_ERROR', `The websocket handshake is not valid: it has version ${VERSION} and a key of 16 bytes.`)
}

function refusalOf({ hub, isRead }: WebDeps, topic: Watched | 'later' | undefined): Refusal | undefined {
  if (topic === undefined) return 'not_yours'
  if (topic === 'later' || !isRead()) return 'later'
  if (hub.isClosing) return 'later'
  return hub.hasRoom ? undefined : 'full'
}

type Watched = Required<Pick<Watching, 'topic' | 'topicNow'>> & { project: string | undefined }

/** What a viewer may watch at an address, under the registered name; `later` while the log is away. */
async function watchedAt(deps: WebDeps, viewer: Viewer, topic: Topic | undefined): Promise<Watched | 'later' | undefined> {
  if (topic === undefined) return undefined
  try {
    const found = topic.project === undefined ? undefined : await lookUpProject(deps.audiences.of(viewer), topic.project)
    if (topic.project !== undefined && found === undefined) return undefined
    const project = found?.name
    const address = project === undefined ? topic.address : underItsName(topic.address, project)
    const topicOf = () => deps.audiences.topic(viewer, { address, project })
    const topicFirst = topicOf()
    if (topicFirst === undefined) return undefined
    // A project that was purged shows nothing, to whoever saw it; when it comes back, that is a change.
    const isThere = () => project === undefined || deps.projections.summary(project) !== undefined
    return { topic: topicFirst, topicNow: () => (isThere() ? topicOf() : topicFirst), project }
  } catch (error) {
    if (error instanceof LogUnavailableError) return 'later'
    throw error
  }
}

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { parseEvent } from '../../domain/parse-event.ts'
import { type BodyItem, readEventBody } from '../../domain/event-body.ts'
import type { NewEvent } from '../../domain/event.ts'
import { projectNameProblem, UNASSIGNED } from '../../domain/names.ts'
import { RefusedError } from '../../domain/refused.ts'
import { isFrame } from '../../ingest/orchestrator-frame.ts'
import type { Env, WebDeps } from '../env.ts'
import { eventPage } from '../event-page.ts'
import { findProject } from '../find-project.ts'

/** A state file of 4 MiB and its wrapping is the largest thing that anybody reports. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024
/** Reports of a whole state: told as events only after a look at what is known. */
const WHOLE_STATES = new Set(['current_state', 'transition_history'])

/** POST and GET /api/v1/projects/:name/events — where programs report what happened, and read it back. */
export function eventRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .post('/projects/:name/events', bodyLimit({ maxSize: BODY_LIMIT_BYTES, onError: refuseBody }), async (c) => {
      const name = reportedName(c.req.param('name'))
      const items = readEventBody(await c.req.text(), c.req.header('content-type'))
      const events = await readEvents(deps, name, { items, key: c.req.header('idempotency-key') })
      const { position, appended, duplicates } = await deps.accept(name, events)
      return c.json({ accepted: appended.length, duplicates, ...position }, 202)
    })
    .get('/projects/:name/events', async (c) => eventPage(c, deps, findProject(deps, c.req.param('name')).name))
}

const refuseBody = () => {
  throw new RefusedError('PAYLOAD_TOO_LARGE', 'The body is larger than 5 MiB; nothing of it was stored. Send fewer events at once.', {
    limit_bytes: BODY_LIMIT_BYTES,
  })
}

function reportedName(name: string): string {
  const problem = name === UNASSIGNED ? undefined : projectNameProblem(name)
  if (problem) throw new RefusedError('INVALID_PROJECT_NAME', `"${name.slice(0, 63)}" cannot name a project: ${problem}.`)
  return name
}

type Report = { items: readonly BodyItem[]; key: string | undefined }

/** All of a body, or a refusal that names the first event that does not fit; nothing is stored before all were read. */
async function readEvents(deps: WebDeps, project: string, { items, key }: Report): Promise<NewEvent[]> {
  if (key !== undefined && (key === '' || key.length > 100)) {
    throw new RefusedError('VALIDATION_ERROR', 'Idempotency-Key must have 1 to 100 characters.', { field: 'Idempotency-Key' })
  }
  const events: NewEvent[] = []
  for (const [index, item] of items.entries()) {
    const frame = item.value
    if (isFrame(frame) && WHOLE_STATES.has(frame.type)) {
      events.push(...(await deps.expandFrame(project, frame)))
      continue
    }
    const event = parseEvent(frame, { ...item, project })
    events.push({ ...event, id: event.id ?? (key === undefined ? Bun.randomUUIDv7() : `${key}:${index}`) })
  }
  return events
}

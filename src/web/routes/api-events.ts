import { Hono } from 'hono'
import { BATCH_LIMIT, type BodyItem, readEventBody } from '../../domain/events/event-body.ts'
import type { NewEvent } from '../../domain/events/event.ts'
import { isForeignId, projectNameProblem } from '../../domain/events/names.ts'
import { parseEvent } from '../../domain/events/parse-event.ts'
import { OPEN_QUESTIONS_LIMIT, openQuestions, questionsBeyond } from '../../domain/project/approval.ts'
import { RefusedError } from '../../domain/refused.ts'
import { isFrame } from '../../ingest/orchestrator/frame.ts'
import { findProject } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'
import { eventPage } from '../event-page.ts'
import { readBody } from '../read-body.ts'

/** Fits the largest report, a state file of 4 MiB. */
const BODY_LIMIT_BYTES = 5 * 1024 * 1024
const WHOLE_STATES = new Set(['current_state', 'transition_history'])

/** POST and GET /api/v1/projects/:name/events: reports, and reading them back. */
export function eventRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .post('/projects/:name/events', async (c) => {
      const name = reportedName(deps, c.req.param('name'))
      const body = await readBody(c, BODY_LIMIT_BYTES)
      const key = c.req.header('idempotency-key')
      const events = await readEvents(deps, name, { items: readEventBody(body, c.req.header('content-type')), key })
      await mustHaveRoom(deps, name, events)
      if (key !== undefined) await deps.bindKey(name, key, body)
      const { position, appended, duplicates, tooOld } = await deps.accept(name, events)
      return c.json({ accepted: appended.length, duplicates, too_old: tooOld.length, ...position }, 202)
    })
    .get('/projects/:name/events', async (c) => {
      const seen = deps.audiences.of(c.get('viewer'))
      return eventPage(c, seen, (await findProject(seen, c.req.param('name'))).name)
    })
}

function reportedName({ projections }: WebDeps, name: string): string {
  const problem = projectNameProblem(name)
  if (problem) throw new RefusedError('INVALID_PROJECT_NAME', `"${name.slice(0, 63)}" cannot name a project: ${problem}.`)
  return projections.findProject(name)?.name ?? name
}

type Report = { items: readonly BodyItem[]; key: string | undefined }

/** Reads the whole body, or refuses its first wrong event; nothing is stored before. */
async function readEvents(deps: WebDeps, project: string, { items, key }: Report): Promise<NewEvent[]> {
  if (key !== undefined && (key.length > 100 || !isForeignId(key))) {
    throw new RefusedError('VALIDATION_ERROR', 'Idempotency-Key must have 1 to 100 characters that can be seen.', {
      field: 'Idempotency-Key',
    })
  }
  const events: NewEvent[] = []
  const whole = deps.wholeStates(project)
  for (const [index, item] of items.entries()) {
    const frame = item.value
    if (isFrame(frame) && WHOLE_STATES.has(frame.type)) {
      const told = await whole.expand(frame)
      events.push(...(key === undefined || frame.type === 'transition_history' ? told : told.map(underKey(`${key}:${index}`))))
      continue
    }
    const event = parseEvent(frame, { ...item, project, isReported: true })
    const named = { ...event, id: event.id ?? (key === undefined ? Bun.randomUUIDv7() : `${key}:${index}`) }
    whole.add(named)
    events.push(named)
  }
  return bounded(events)
}

/** A whole state repeated later must not move the project back, so each of its subjects counts once per key. */
const underKey =
  (key: string) =>
  (event: NewEvent): NewEvent => {
    const story = 'story_id' in event && typeof event.story_id === 'string' ? event.story_id : ''
    // A repeated opinion has the key of the transition that it was at first.
    const type = event.type === 'state_told' ? (story === '' ? 'workflow_transition' : 'tdd_transition') : event.type
    return { ...event, id: `${key}:${Bun.hash(`${type} ${story}`).toString(36)}` }
  }

function bounded(events: NewEvent[]): NewEvent[] {
  if (events.length <= BATCH_LIMIT) return events
  const message = `this batch stands for ${events.length} events; send ${BATCH_LIMIT} at most, in several requests`
  throw new RefusedError('PAYLOAD_TOO_LARGE', message, { limit: BATCH_LIMIT, sent: events.length })
}

/** Refuses questions beyond the limit of open ones. Most reports only have their types checked. */
async function mustHaveRoom(
  { projections, metrics }: Pick<WebDeps, 'projections' | 'metrics'>,
  project: string,
  events: readonly NewEvent[],
): Promise<void> {
  const asked = events.filter(({ type }) => type === 'approval_requested').length
  const known = projections.summary(project)
  // The known state may lag behind, which is accurate enough far from the limit.
  if (asked === 0 || !known || known.approvals.total + asked <= OPEN_QUESTIONS_LIMIT / 2) return
  const { state } = await projections.fresh(project)
  const beyond = questionsBeyond(state, events, Date.now())
  if (beyond.length === 0) return
  metrics.questionsRefused.inc({ source: 'http' }, beyond.length)
  const { count: open } = openQuestions(state, Date.now())
  const message = `${open} questions of "${project}" are open; ${OPEN_QUESTIONS_LIMIT} may be. Answer or withdraw some, or let them expire, then ask again.`
  throw new RefusedError('RATE_LIMIT_EXCEEDED', message, { open, limit: OPEN_QUESTIONS_LIMIT, beyond: beyond.length })
}

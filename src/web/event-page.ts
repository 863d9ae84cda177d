import type { Context } from 'hono'
import type { StoredEvent } from '../domain/event.ts'
import { RefusedError } from '../domain/refused.ts'
import type { Page } from '../event-log/event-log.ts'
import type { Env, WebDeps } from './env.ts'

const LIMIT = 1_000
const DEFAULT_LIMIT = 100
const POSITION = /^(?:([0-9a-z]{8}):)?(\d{1,30})$/

/** GET …/events?after=&limit=&type= — a part of a project's log as JSON, or as NDJSON when that is accepted. */
export async function eventPage(c: Context<Env>, { eventLog }: WebDeps, project: string) {
  const { epoch, offset } = readPosition(c.req.query('after') ?? '0')
  const limit = readLimit(c.req.query('limit'))
  const type = c.req.query('type')
  const page = await eventLog.read(project, { after: offset, limit })
  refuseUnknown(page, epoch, offset)
  const events = type === undefined ? page.events : page.events.filter((event) => event.type === type)
  const last = page.events.at(-1)?.offset ?? offset
  const next = last < page.head ? `${page.epoch}:${last}` : null
  if (c.req.header('accept')?.includes('application/x-ndjson')) {
    const lines = events.map((event) => `${JSON.stringify(eventJson(event))}\n`).join('')
    return c.body(lines, 200, { 'content-type': 'application/x-ndjson; charset=utf-8' })
  }
  return c.json({ epoch: page.epoch, offset: page.head, events: events.map(eventJson), next })
}

/** An event as the API shows it: the wire's fields, with the instant of its arrival as text. */
export const eventJson = (event: StoredEvent) => ({ ...event, received_at: new Date(event.received_at).toISOString() })

/** A position is `epoch:offset` or an offset alone. */
export function readPosition(text: string): { epoch: string | undefined; offset: number } {
  const parts = POSITION.exec(text)
  if (!parts)
    throw new RefusedError('VALIDATION_ERROR', `after must be an offset or epoch:offset, not "${text.slice(0, 60)}".`, { field: 'after' })
  return { epoch: parts[1], offset: Number(parts[2]) }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT) {
    throw new RefusedError('VALIDATION_ERROR', `limit must be 1 to ${LIMIT}, not "${text.slice(0, 20)}".`, { field: 'limit' })
  }
  return limit
}

function refuseUnknown(page: Page, epoch: string | undefined, offset: number) {
  const details = { epoch: page.epoch, first_offset: page.first, offset: page.head }
  if ((epoch !== undefined && epoch !== page.epoch) || offset > page.head) {
    throw new RefusedError(
      'STATE_CONFLICT',
      'This position is not of this log: it was replaced, or the position lies beyond its end. Begin again with the state.',
      details,
    )
  }
  if (offset + 1 < page.first) {
    throw new RefusedError('GONE', `Events before offset ${page.first} were removed by retention. Begin with the state.`, details)
  }
}

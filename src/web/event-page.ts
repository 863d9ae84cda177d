import type { Context } from 'hono'
import type { StoredEvent } from '../domain/events/event.ts'
import { RefusedError } from '../domain/refused.ts'
import type { Page, ReadRange } from '../event-log/event-log.ts'
import { type Reading, readLong } from '../pages/past.ts'
import { STEP } from '../projection/long-reads.ts'
import { forgotten, momentOffset, parseMoment } from '../projection/time-travel.ts'
import type { PageDeps } from '../pages/page.ts'
import type { Env } from './env.ts'
import { textWithEtag } from './etag.ts'
import { askedMoment } from './page-request.ts'

const LIMIT = 1_000
const DEFAULT_LIMIT = 100
const POSITION = /^(?:([0-9a-z]{8}):)?(\d{1,30})$/

/** Events of a project as JSON or NDJSON, as of `?at=`. A page of large events is shorter; `next` says where it continues. */
export async function eventPage(c: Context<Env>, deps: PageDeps, project: string) {
  const from = readPosition(c.req.query('after') ?? '0')
  const [limit, at, type] = [readLimit(c.req.query('limit')), askedMoment(c), c.req.query('type')]
  const { page, texts, next } = await readLong(deps, c.env.arrived, async (reading) => {
    const upTo = at === undefined ? undefined : (await momentOffset(reading.eventLog, project, parseMoment(at))).offset
    const range = { after: from.offset, limit, ...(upTo === undefined ? {} : { upTo }) }
    const page = await readPart(reading, project, range)
    refuseUnknown(page, from)
    if (upTo !== undefined && upTo < page.first - 1) throw await forgotten(reading.eventLog, project, page.first)
    const head = upTo ?? page.head
    const last = page.events.at(-1)?.offset ?? from.offset
    const events = type === undefined ? page.events : page.events.filter((event) => event.type === type)
    const next = last < head ? `${page.epoch}:${last}` : null
    return { page: { epoch: page.epoch, offset: head }, texts: await eventTexts(reading, events), next }
  })
  c.header('Vary', 'Accept')
  if (c.req.header('accept')?.includes('application/x-ndjson')) {
    return textWithEtag(c, { text: texts.map((text) => `${text}\n`).join(''), type: 'application/x-ndjson; charset=utf-8' })
  }
  const [before, behind] = [JSON.stringify(page).slice(0, -1), JSON.stringify(next)]
  return textWithEtag(c, { text: `${before},"events":[${texts.join()}],"next":${behind}}`, type: 'application/json' })
}

async function readPart({ eventLog, turns }: Reading, project: string, { limit, ...range }: ReadRange): Promise<Page> {
  if (turns.isOver()) await turns.take()
  let page = await eventLog.read(project, { ...STEP, ...range, limit: Math.min(STEP.limit, limit) })
  const events = [...page.events]
  while (page.events.length === STEP.limit && events.length < limit) {
    if (turns.isOver()) await turns.take()
    const rest = { after: events.at(-1)?.offset ?? range.after, limit: Math.min(STEP.limit, limit - events.length) }
    page = await eventLog.read(project, { ...STEP, ...range, ...rest })
    events.push(...page.events)
  }
  return { ...page, events }
}

async function eventTexts({ turns }: Reading, events: readonly StoredEvent[]): Promise<string[]> {
  const texts: string[] = []
  for (const event of events) {
    if (turns.isOver()) await turns.take()
    texts.push(JSON.stringify(eventJson(event)))
  }
  return texts
}

export const eventJson = (event: StoredEvent) => ({ ...event, received_at: new Date(event.received_at).toISOString() })

/** Parses `epoch:offset` or an offset alone. */
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

function refuseUnknown(page: Page, { epoch, offset }: { epoch: string | undefined; offset: number }) {
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

import { z } from 'zod'
import { type Api, ApiProblem } from '../client/api.ts'
import { backOffMs } from '../client/wait.ts'
import type { StoredEvent } from '../domain/events/event.ts'
import { FOLD_VERSION } from '../domain/project/project.ts'
import { LIFECYCLES, newProject, PRIORITIES } from '../domain/registry/project-registry.ts'
import { RefusedError } from '../domain/refused.ts'
import { decodeState } from '../domain/project/state-codec.ts'
import { READ_LIMIT } from '../event-log/event-log.ts'
import type { Extent, ReplaySource } from './replay-source.ts'

const ProjectBody = z.object({
  name: z.string(),
  status: z.enum(LIFECYCLES).catch('active'),
  priority: z.enum(PRIORITIES).catch('normal'),
  description: z.string().catch(''),
})
const SnapshotBody = z.object({ offset: z.number(), fold_version: z.number(), stale_minutes: z.number(), body: z.string() })
const Gone = z.object({ epoch: z.string(), first_offset: z.number(), offset: z.number().optional() })
const EventsBody = z.object({ epoch: z.string(), offset: z.number(), events: z.array(z.unknown()) })
const StoredShape = z.looseObject({ id: z.string(), type: z.string(), offset: z.number(), received_at: z.iso.datetime() })

/** A project's history from a running service. */
export async function openServerSource(service: Api, name: string): Promise<ReplaySource> {
  const api = patient(service)
  const found = ProjectBody.parse(await api.get(`/projects/${encodeURIComponent(name)}`))
  const path = `/projects/${encodeURIComponent(found.name)}`
  const { epoch, first, head } = await extentOf(api, path)
  const snapshot = async (at: string) => SnapshotBody.parse(await api.get(`${path}/snapshot?at=${encodeURIComponent(at)}`))
  const { stale_minutes: staleMinutes, fold_version: version } = await snapshot(String(head))
  if (version !== FOLD_VERSION) {
    throw new RefusedError('STATE_CONFLICT', `the service at ${api.url} is of another version; export with the program of its version`)
  }
  return {
    project: { ...newProject(found.name), ...found },
    staleMinutes,
    extent: async () => ({ epoch, first, head }),
    offsetAt: (instant) => offsetAt(snapshot, instant, first),
    stateAt: async (offset) => decodeState((await snapshot(String(offset))).body),
    async read(after, upTo) {
      if (after >= upTo) return []
      // The epoch makes the service refuse a replaced log.
      const limit = Math.min(READ_LIMIT, upTo - after)
      const { events } = EventsBody.parse(await api.get(`${path}/events?after=${epoch}:${after}&limit=${limit}`))
      return events.map(storedEvent)
    },
    close: () => Promise.resolve(),
  }
}

type Asking = Pick<Api, 'url' | 'get'>

/** A new release takes over within half a minute. */
const TRIES = 8

function patient({ url, get }: Api): Asking {
  async function ask(path: string, attempt: number): Promise<Record<string, unknown>> {
    try {
      return await get(path)
    } catch (error) {
      if (!(error instanceof ApiProblem) || !error.isAway || attempt + 1 >= TRIES) throw error
    }
    await Bun.sleep(backOffMs(attempt))
    return ask(path, attempt + 1)
  }
  let hasAnswered = false
  return {
    url,
    // Without any answer so far the address is wrong.
    async get(path) {
      const answer = await ask(path, hasAnswered ? 0 : TRIES)
      hasAnswered = true
      return answer
    },
  }
}

async function extentOf(api: Asking, path: string): Promise<Extent> {
  try {
    const { epoch, offset, events } = EventsBody.parse(await api.get(`${path}/events?after=0&limit=1`))
    return { epoch, first: events[0] === undefined ? offset + 1 : storedEvent(events[0]).offset, head: offset }
  } catch (error) {
    const gone = goneOf(error)
    if (!gone) throw error
    return { epoch: gone.epoch, first: gone.first_offset, head: gone.offset ?? gone.first_offset }
  }
}

/** Before the first event left there is no state: the offset before it. */
async function offsetAt(snapshot: (at: string) => Promise<{ offset: number }>, instant: number, first: number): Promise<number> {
  try {
    return (await snapshot(new Date(instant).toISOString())).offset
  } catch (error) {
    if (goneOf(error)) return first - 1
    throw error
  }
}

function goneOf(error: unknown) {
  return error instanceof ApiProblem && error.code === 'GONE' ? Gone.parse(error.details) : undefined
}

function storedEvent(value: unknown): StoredEvent {
  const event = StoredShape.parse(value)
  const stored: unknown = { ...event, received_at: Date.parse(event.received_at) }
  if (!isStored(stored)) throw new TypeError('not an event')
  return stored
}

const isStored = (value: unknown): value is StoredEvent => typeof value === 'object' && value !== null && 'received_at' in value

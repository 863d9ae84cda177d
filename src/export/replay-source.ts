import type { StoredEvent } from '../domain/events/event.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { RefusedError } from '../domain/refused.ts'
import { type Moment, parseMoment } from '../projection/time-travel.ts'

/** `first` is what retention left; `head` is 0 without events. */
export type Extent = { epoch: string; first: number; head: number }

export type ReplaySource = {
  project: Project
  staleMinutes: number
  extent(): Promise<Extent>
  offsetAt(instant: number): Promise<number>
  stateAt(offset: number): Promise<ProjectState>
  read(after: number, upTo: number): Promise<readonly StoredEvent[]>
  close(): Promise<void>
}

/** From the state after `first` to the state after `last`. */
export type Period = {
  epoch: string
  oldest: number
  first: number
  last: number
  fromInstant: number | undefined
  toInstant: number | undefined
}

/** Beyond it a browser takes seconds to open the file. */
export const EXPORT_LIMIT = 50_000

/** The offsets of a period. Refuses an empty, a too long or a pruned one. */
export async function periodOf(
  source: ReplaySource,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<Period> {
  const { epoch, first: oldest, head } = await source.extent()
  const { name } = source.project
  if (head < oldest || head === 0)
    throw new RefusedError('PROJECT_NOT_FOUND', `Nothing was reported for ${name} yet, or nothing of it is left.`)
  const [begin, end] = [
    from === undefined ? { offset: oldest } : momentOf('from', from),
    to === undefined ? { offset: head } : momentOf('to', to),
  ]
  const [first, last] = [await offsetOf(source, begin), Math.min(head, await offsetOf(source, end))]
  if (first > head) throw refused(`--from lies beyond the end of the log, whose last event is ${head}`)
  if (last < oldest) throw refused(`the period ended before event ${oldest}, the first that is left of ${name}`)
  if (first > last) throw refused('--from lies after --to')
  const began = Math.max(first, oldest)
  if (last - began + 1 > EXPORT_LIMIT) throw await tooMany(source, { began, last })
  return { epoch, oldest, first: began, last, fromInstant: instantOf(begin), toInstant: instantOf(end) }
}

const refused = (message: string) => new RefusedError('VALIDATION_ERROR', message)
const offsetOf = async (source: ReplaySource, moment: Moment) => ('offset' in moment ? moment.offset : source.offsetAt(moment.instant))
const instantOf = (moment: Moment) => ('instant' in moment ? moment.instant : undefined)

function momentOf(flag: string, text: string): Moment {
  try {
    return parseMoment(text)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    throw refused(
      `--${flag} must be an offset or a time with a zone such as 2026-11-23T20:30:00Z, not ${JSON.stringify(text.slice(0, 60))}`,
    )
  }
}

async function tooMany(source: ReplaySource, { began, last }: { began: number; last: number }): Promise<RefusedError> {
  const from = last - EXPORT_LIMIT + 1
  const [event] = await source.read(from - 1, from)
  const since = event ? `, received ${new Date(event.received_at).toISOString()}` : ''
  const asked = (last - began + 1).toLocaleString('en')
  return refused(
    `these are ${asked} events, and one file takes ${EXPORT_LIMIT.toLocaleString('en')}; narrow the period, for instance --from ${from} --to ${last} (its end${since})`,
  )
}

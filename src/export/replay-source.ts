import type { StoredEvent } from '../domain/events/event.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { RefusedError } from '../domain/refused.ts'
import { type Moment, parseMoment } from '../projection/time-travel.ts'

/** How far a log reaches: `first` is what retention left, `head` its end; head is 0 where nothing was reported. */
export type Extent = { epoch: string; first: number; head: number }

/** Where an export reads a project's history: it changes nothing there. */
export type ReplaySource = {
  project: Project
  /** After how many minutes without a word a project at work counts as silent. */
  staleMinutes: number
  extent(): Promise<Extent>
  /** The last offset received at or before an instant (ms since 1970). */
  offsetAt(instant: number): Promise<number>
  stateAt(offset: number): Promise<ProjectState>
  /** Events after an offset, up to and including another; a part of them where they are many, none at the end. */
  read(after: number, upTo: number): Promise<readonly StoredEvent[]>
  close(): Promise<void>
}

/** From the state after event `first` to that after event `last`; instants where the caller named some. */
export type Period = {
  epoch: string
  /** The first event that the log still holds. */
  oldest: number
  first: number
  last: number
  fromInstant: number | undefined
  toInstant: number | undefined
}

/** Events of one export at most: beyond it a browser takes seconds to open the file. */
export const EXPORT_LIMIT = 50_000

/** Finds the offsets that a period means. Refuses one without events, one that is over the limit and one that is gone. */
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

/** With the period that would fit: the end of what was asked for, which is what most people want to show. */
async function tooMany(source: ReplaySource, { began, last }: { began: number; last: number }): Promise<RefusedError> {
  const from = last - EXPORT_LIMIT + 1
  const [event] = await source.read(from - 1, from)
  const since = event ? `, received ${new Date(event.received_at).toISOString()}` : ''
  const asked = (last - began + 1).toLocaleString('en')
  return refused(
    `these are ${asked} events, and one file takes ${EXPORT_LIMIT.toLocaleString('en')}; narrow the period, for instance --from ${from} --to ${last} (its end${since})`,
  )
}

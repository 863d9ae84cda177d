import { LogUnavailableError } from '../event-log/event-log.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { parseMoment, type Past, type PastDeps, projectAt } from '../projection/time-travel.ts'
import type { Turns } from '../projection/long-reads.ts'
import type { KeptEventsProps } from '../../views/project/kept-events.tsx'
import type { PageDeps } from './page.ts'

export type Reading = PastDeps & { turns: Turns }

type Reader = Pick<PageDeps, 'longReads' | 'eventLog' | 'log'>

/** Reads much of the log for a request: queued, in turns, and only while the reader waits. */
export function readLong<T>(
  { longReads, eventLog, log }: Reader,
  { signal }: { signal: AbortSignal },
  work: (reading: Reading) => Promise<T>,
): Promise<T> {
  const onError = (error: unknown) => log.error('a saved state was passed over', { error })
  return longReads.run(signal, (turns) => work({ eventLog, onError, turns }))
}

type Asked = { project: Project; at: string; signal: AbortSignal }

/** A project at `?at=`, summarized for that moment. */
export async function pastOf(
  deps: Reader & Pick<PageDeps, 'settings'>,
  { project, at, signal }: Asked,
): Promise<Past & { summary: ProjectSummary }> {
  const moment = parseMoment(at)
  const past = await readLong(deps, { signal }, (reading) => projectAt(reading, project.name, moment))
  const { state, epoch } = past.view
  return { ...past, summary: summarize({ project, state, epoch, now: past.now, staleMinutes: deps.settings.staleMinutes }) }
}

/** What retention keeps, and where the log begins; without the log only the rule. */
export async function keptEvents(
  { eventLog, settings }: Pick<PageDeps, 'eventLog' | 'settings'>,
  project: string,
): Promise<KeptEventsProps> {
  const { days, events } = settings.retention
  try {
    const page = await eventLog.read(project, { after: 0, limit: 1 })
    return page.first > 1 ? { days, events, first: { offset: page.first, at: page.events[0]?.received_at } } : { days, events }
  } catch (error) {
    if (error instanceof LogUnavailableError) return { days, events }
    throw error
  }
}

import { type EventReads, LogUnavailableError } from '../event-log/event-log.ts'
import { summaryOfFigures } from '../domain/figures-only.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { parseMoment, type Past, type PastDeps, projectAt } from '../projection/time-travel.ts'
import type { Turns } from '../projection/long-reads.ts'
import type { KeptEventsProps } from '../../views/project/kept-events.tsx'
import type { PageDeps } from './page.ts'
import { veiledView } from './veil.ts'

/** `eventLog` for what is shown; `whole` for folding alone: what is made of it has to be veiled. */
export type Reading = { eventLog: EventReads; turns: Turns; whole: PastDeps }

type Reader = Pick<PageDeps, 'longReads' | 'eventLog' | 'wholeLog' | 'log'>

/** Reads much of the log for a request: queued, in turns, and only while the reader waits. */
export function readLong<T>(
  { longReads, eventLog, wholeLog, log }: Reader,
  { signal }: { signal: AbortSignal },
  work: (reading: Reading) => Promise<T>,
): Promise<T> {
  const onError = (error: unknown) => log.error('a saved state was passed over', { error })
  return longReads.run(signal, (turns) => work({ eventLog, turns, whole: { eventLog: wholeLog, onError, turns } }))
}

type Asked = { project: Project; at: string; signal: AbortSignal }

/** A project at `?at=`, summarized for that moment. */
export async function pastOf(
  deps: Reader & Pick<PageDeps, 'settings' | 'isFiguresOnly'>,
  { project, at, signal }: Asked,
): Promise<Past & { summary: ProjectSummary }> {
  const moment = parseMoment(at)
  const past = await readLong(deps, { signal }, ({ whole }) => projectAt(whole, project.name, moment))
  const { state, epoch } = past.view
  const summary = summarize({ project, state, epoch, now: past.now, staleMinutes: deps.settings.staleMinutes })
  if (!deps.isFiguresOnly(project.name)) return { ...past, summary }
  return { ...past, view: veiledView(past.view), summary: summaryOfFigures(summary) }
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

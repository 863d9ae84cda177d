import type { Moment } from './moment.ts'
import { type PastDeps, forgotten, stateAtMoment } from './state-at.ts'
import type { ProjectView } from './project-change.ts'

/** A project at a moment that is over; `now` is that moment (ms since 1970), by which ages and attention are told. */
export type Past = { view: ProjectView; now: number }

/**
 * The state of a project at a moment. An instant before what is left of a log is refused as GONE, one before the project's
 * first event is an empty project.
 */
export async function lookBack(deps: PastDeps, project: string, moment: Moment): Promise<Past> {
  const view = await stateAtMoment(deps, project, moment)
  const { offset, lastEventAt } = view.state
  const { events, first } = await deps.eventLog.read(project, { after: offset, limit: 1 })
  if ('offset' in moment) return { view, now: lastEventAt ?? events[0]?.received_at ?? Date.now() }
  if (offset === first - 1 && first > 1 && moment.instant < (lastEventAt ?? 0)) throw await forgotten(deps.eventLog, project, first)
  return { view, now: Math.min(moment.instant, Date.now()) }
}

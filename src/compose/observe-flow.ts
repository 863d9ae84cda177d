import type { Measured } from '../domain/flow.ts'
import type { StoredEvent } from '../domain/event.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import type { ProjectView } from '../projection/projections.ts'
import type { Metrics } from '../telemetry/metrics.ts'

type Deps = {
  projections: { loaded(name: string): ProjectView | undefined; fresh(name: string): Promise<ProjectView> }
  metrics: Pick<Metrics, 'flow'>
  onError(error: unknown): void
}
type Stored = { project: string; position: { epoch: string; offset: number }; appended: readonly StoredEvent[] }

/** Types of events that can end something that is timed: nothing is looked at for the others. */
const ENDING = new Set(['tdd_transition', 'tdd_cycle_completed', 'approval_resolved', 'state_file'])

/**
 * Observes what the events that this worker stored have ended. Every worker folds every event, but one stored it: so a fleet counts
 * each duration once. Never throws and holds up no report; with the log away a moment after it stored, a measure is lost.
 */
export function openFlowObserver({ projections, metrics, onError }: Deps) {
  async function observe({ project, position, appended }: Stored): Promise<void> {
    const known = projections.loaded(project)
    const isThere = known?.epoch === position.epoch && known.state.offset >= position.offset
    const { epoch, state } = isThere ? known : await projections.fresh(project)
    if (epoch !== position.epoch) return
    const ours = new Set(appended.map(({ offset }) => offset))
    for (const measured of state.measured) if (ours.has(measured.offset)) count(measured)
  }

  const count = ({ kind, ms }: Measured) => metrics.flow[kind].observe(ms / 1_000)

  return (stored: Stored): void => {
    if (!stored.appended.some(({ type }) => ENDING.has(type))) return
    observe(stored).catch((error: unknown) => {
      // An outage is told by whoever watches the log.
      if (!(error instanceof LogUnavailableError)) onError(error)
    })
  }
}

import type { StoredEvent } from '../domain/events/event.ts'
import type { ProjectChange, ProjectView } from './projections.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Measured } from '../domain/project/durations.ts'

type Deps = {
  projections: { loaded(name: string): ProjectView | undefined; onChange(listener: (change: ProjectChange) => void): void }
  metrics: Pick<Metrics, 'flow'>
}
type StoredReport = { project: string; position: { epoch: string; offset: number }; appended: readonly StoredEvent[] }
type Awaited = { epoch: string; head: number; ours: ReadonlySet<number> }

/** Only these events can end something that is measured. */
const ENDING = new Set(['tdd_transition', 'tdd_cycle_completed', 'approval_resolved', 'state_file'])
/** Bounds the memory while delivery is delayed; further measurements are lost. */
const AWAITED = 1_000

/** Records the durations that this worker's own events have ended, so that the fleet counts each once. Reads nothing. */
export function openFlowObserver({ projections, metrics }: Deps) {
  const awaited = new Map<string, Awaited[]>()

  function observe(view: ProjectView, stored: readonly Awaited[]) {
    const ours = new Set(stored.flatMap(({ epoch, ours }) => (epoch === view.epoch ? [...ours] : [])))
    for (const measured of view.state.measured) if (ours.has(measured.offset)) count(measured)
  }

  const count = ({ kind, ms }: Measured) => metrics.flow[kind].observe(ms / 1_000)
  const isThere = (view: ProjectView, { epoch, head }: Awaited) => view.epoch !== epoch || view.state.offset >= head

  projections.onChange(({ project, view }) => {
    const waiting = awaited.get(project.name)
    if (!waiting) return
    observe(
      view,
      waiting.filter((stored) => isThere(view, stored)),
    )
    const left = waiting.filter((stored) => !isThere(view, stored))
    if (left.length > 0) awaited.set(project.name, left)
    else awaited.delete(project.name)
  })

  return ({ project, position: { epoch, offset: head }, appended }: StoredReport): void => {
    const ending = appended.filter(({ type }) => ENDING.has(type))
    if (ending.length === 0) return
    const stored = { epoch, head, ours: new Set(ending.map(({ offset }) => offset)) }
    const known = projections.loaded(project)
    // With a single worker the announcement may arrive before the report is answered.
    if (known?.epoch === epoch && known.state.offset >= head) observe(known, [stored])
    else awaited.set(project, [...(awaited.get(project) ?? []), stored].slice(-AWAITED))
  }
}

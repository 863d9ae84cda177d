import { copyOnWrite, type Draft } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { measureCycle } from './flow.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Cycle, ProjectState, Source, Stay } from './project-state.ts'
import { isExpectedTddStep, isOpenCycle, isTddState } from './tdd-machine.ts'
import { recordTransition } from './workflow.ts'
import { isStampedBefore, type Stamp, stampOf } from '../events/stated-time.ts'
import { bounded, type Worth } from '../bounded.ts'

const VISITED_KEPT = 16

export type CycleReport = {
  storyId: string
  cycleId: string | undefined
  at: number
  offset: number
  source: Source
  title: string | undefined
  said: Stamp | undefined
}
type CycleStep = CycleReport & { from: string | undefined; to: string; timestamp: string | undefined }

/** A step of a story's cycle; without a known start it begins the cycle, because reports may come late. */
export function foldTddTransition(draft: Draft, event: StoredEventOf<'tdd_transition'>) {
  const told = toldBy(event, event.inferred ? 'inferred' : 'reported')
  if (!event.inferred && isLate(draft, told)) return recordLate(draft, event)
  moveCycle(draft, { ...told, from: event.old_state ?? undefined, to: event.new_state, timestamp: event.timestamp })
}

function isLate(draft: Draft, told: CycleReport): boolean {
  const known = draft.next.cycles.get(told.storyId)
  return isLateStep(told, { known, isOver: known !== undefined && !isOpenCycle(known) })
}

/** Moves a story's cycle, or begins the next one. */
export function moveCycle(draft: Draft, step: CycleStep) {
  const { at, offset, timestamp, storyId, to, source } = step
  const known = draft.next.cycles.get(storyId)
  const cycle = known && !beginsAnother(known, step) ? known : undefined
  const from = step.from ?? cycle?.state
  const isUnexpected = source === 'reported' && !isExpectedTddStep(from, to)
  const untold = { command: undefined, by: undefined }
  recordTransition(draft, { offset, at, timestamp, machine: 'tdd', storyId, from, to, source, isUnexpected, ...untold })
  const isSameState = cycle?.state === to
  keepCycle(draft, {
    storyId,
    cycleId: step.cycleId ?? cycle?.cycleId,
    state: to,
    previousState: isSameState ? cycle.previousState : from,
    startedAt: cycle?.startedAt ?? at,
    enteredAt: isSameState ? cycle.enteredAt : at,
    offset,
    // An inferred step is no sign of life.
    lastEventAt: source === 'inferred' ? (known?.lastEventAt ?? at) : at,
    visited: withVisit(withVisit(cycle?.visited ?? [], from), to),
    stays: cycle && !isSameState ? withStay(cycle.stays, { state: cycle.state, ms: at - cycle.enteredAt }) : (cycle?.stays ?? []),
    isUnexpected,
    source,
    progress: cycle?.progress,
    completedAt: undefined,
    round: cycle?.round ?? (known?.round ?? 0) + 1,
    title: titleOf(draft.next, step, known),
    said: step.said ?? cycle?.said,
  })
}

function beginsAnother(known: Cycle, { cycleId, from, to }: CycleStep): boolean {
  if (isOther(known, cycleId)) return true
  return to === 'design' && (known.completedAt !== undefined || (from === undefined && !isOpenCycle(known)))
}

/** The start of a cycle; after its first step it only names the cycle. */
export function foldCycleStarted(draft: Draft, event: StoredEventOf<'tdd_cycle_started'>) {
  const told = toldBy(event, 'reported')
  if (isLate(draft, told)) return
  const known = draft.next.cycles.get(told.storyId)
  const isSame =
    known &&
    !isOther(known, told.cycleId) &&
    (known.cycleId === undefined ? isOpenCycle(known) && known.state === 'design' : known.cycleId === told.cycleId)
  const cycle = isSame ? known : begun(draft.next, told, known)
  keepCycle(draft, {
    ...cycle,
    cycleId: told.cycleId ?? cycle.cycleId,
    progress: event.progress ?? cycle.progress,
    lastEventAt: told.at,
    said: told.said ?? cycle.said,
  })
}

/** A cycle's progress; without a known start it begins the cycle. */
export function foldCycleProgress(draft: Draft, event: StoredEventOf<'tdd_progress_update'>) {
  const told = toldBy(event, 'inferred')
  if (isLate(draft, told)) return
  const known = draft.next.cycles.get(told.storyId)
  const cycle = known && !isOther(known, told.cycleId) ? known : begun(draft.next, told, known)
  keepCycle(draft, {
    ...cycle,
    cycleId: told.cycleId ?? cycle.cycleId,
    progress: event.progress ?? cycle.progress,
    lastEventAt: event['inferred'] === true ? cycle.lastEventAt : told.at,
    said: told.said ?? cycle.said,
  })
}

/** The end of a cycle. A late end of an earlier cycle does not end the open one. */
export function foldCycleCompleted(draft: Draft, event: StoredEventOf<'tdd_cycle_completed'>) {
  const told = toldBy(event, 'inferred')
  const known = draft.next.cycles.get(told.storyId)
  if (known && isOther(known, told.cycleId) && (isOpenCycle(known) || isLate(draft, told))) return
  const cycle = known && !isOther(known, told.cycleId) ? known : { ...begun(draft.next, told, known), state: 'commit', visited: ['commit'] }
  const progress = event.progress ?? (cycle.progress === undefined ? undefined : 1)
  keepCycle(draft, {
    ...cycle,
    cycleId: told.cycleId ?? cycle.cycleId,
    progress,
    completedAt: told.at,
    lastEventAt: told.at,
    offset: told.offset,
    said: told.said ?? cycle.said,
  })
}

function toldBy(
  event: {
    story_id: string
    cycle_id?: string | null | undefined
    offset: number
    received_at: number
    timestamp?: string | undefined
    [field: string]: unknown
  },
  source: Source,
): CycleReport {
  const { story_id: storyId, cycle_id: cycleId, offset, received_at: at } = event
  return { storyId, cycleId: cycleId ?? undefined, at, offset, source, title: textOf(event['title'], 300), said: stampOf(event) }
}

/** A new cycle, in design. */
export function begun(state: ProjectState, told: CycleReport, last: Cycle | undefined): Cycle {
  const { storyId, cycleId, at, offset, source, said } = told
  const times = { startedAt: at, enteredAt: at, lastEventAt: at, completedAt: undefined, offset }
  const phase = { state: 'design', previousState: undefined, visited: ['design'], stays: [], isUnexpected: false, progress: undefined }
  return { storyId, cycleId, ...phase, ...times, source, round: (last?.round ?? 0) + 1, title: titleOf(state, told, last), said }
}

function titleOf({ backlog }: ProjectState, { title, storyId }: CycleReport, known: Cycle | undefined): string | undefined {
  if (title !== undefined || known) return title ?? known?.title
  return backlog?.stories.find(({ id }) => id === storyId)?.title
}

/** The five phases are what a cycle is drawn with; others are what a reporter called them. */
const phaseWorth = (state: string): Worth => (isTddState(state) ? 'on' : 'mild')

function withVisit(visited: string[], state: string | undefined): string[] {
  if (state === undefined || visited.includes(state)) return visited
  const all = [...visited, state]
  return all.length <= VISITED_KEPT ? all : bounded(all, { limit: VISITED_KEPT, worthOf: phaseWorth }).kept
}

/** A file's clock may be behind: no stay is negative. */
function withStay(stays: readonly Stay[], { state, ms }: Stay): readonly Stay[] {
  const known = stays.find((stay) => stay.state === state)
  if (known) return stays.map((stay) => (stay === known ? { state, ms: stay.ms + Math.max(0, ms) } : stay))
  const all = [...stays, { state, ms: Math.max(0, ms) }]
  return all.length <= VISITED_KEPT ? all : bounded(all, { limit: VISITED_KEPT, worthOf: (stay) => phaseWorth(stay.state) }).kept
}

/** Replaces a story's cycle. */
export function keepCycle(draft: Draft, cycle: Cycle) {
  measureCycle(draft, draft.next.cycles.get(cycle.storyId), cycle)
  copyOnWrite(draft, 'cycles').set(cycle.storyId, cycle)
}

/** Whether an id names another cycle of the story. */
export const isOther = (known: Cycle, cycleId: string | undefined) =>
  known.cycleId !== undefined && cycleId !== undefined && known.cycleId !== cycleId

type KnownCycle = { known: Cycle | undefined; isOver: boolean }

/** Whether a report of another or a finished cycle is older, by its reporter's clock, than the last one of the story. */
function isLateStep({ cycleId, said }: { cycleId: string | undefined; said: Stamp | undefined }, { known, isOver }: KnownCycle) {
  if (known === undefined || !(isOther(known, cycleId) || isOver)) return false
  return isStampedBefore(said, known.said)
}

function recordLate(draft: Draft, event: StoredEventOf<'tdd_transition'>) {
  const { offset, received_at: at, timestamp, story_id: storyId, old_state, new_state: to } = event
  const untold = { source: 'reported', isUnexpected: false, command: undefined, by: undefined } as const
  recordTransition(draft, { offset, at, timestamp, machine: 'tdd', storyId, from: old_state ?? undefined, to, ...untold })
}

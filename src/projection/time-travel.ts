import { foldEvents } from '../domain/project/project.ts'
import { RefusedError } from '../domain/refused.ts'
import type { EventLog, Position } from '../event-log/event-log.ts'
import { projectFold } from './folds.ts'
import { openTurns, STEP, type Turns } from './long-reads.ts'
import { nearestState, openCheckpoints } from './snapshots.ts'
import type { ProjectView } from './projections.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { forEachConcurrently } from './for-each-concurrently.ts'
import { type Move, moveAfter } from '../domain/project/workflow-moves.ts'

/** A position in a log: an offset, or an instant (ms since 1970). */
export type Moment = { offset: number } | { instant: number }

const OFFSET = /^\d{1,30}$/
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i

/** Parses `?at=`: digits are an offset, else RFC 3339 with a zone. Refuses anything else. */
export function parseMoment(at: string): Moment {
  if (OFFSET.test(at)) return { offset: Number(at) }
  const instant = ZONED.test(at) ? Date.parse(at) : Number.NaN
  if (!Number.isNaN(instant)) return { instant }
  throw new RefusedError(
    'VALIDATION_ERROR',
    `at must be an offset or a time with a zone such as 2026-11-23T20:30:00Z, not "${at.slice(0, 60)}".`,
    { field: 'at' },
  )
}

const CHECKPOINT_STEP = 1_000

export type PastDeps = {
  eventLog: EventLog
  onError(error: unknown): void
  turns?: Turns
}

/** The state of a project at an offset or at an instant of arrival, folded from the nearest snapshot. */
export function stateAt(deps: PastDeps, project: string, at: string): Promise<ProjectView> {
  return stateAtMoment(deps, project, parseMoment(at))
}

/** Like `stateAt`, for a parsed moment. */
export async function stateAtMoment(deps: PastDeps, project: string, moment: Moment): Promise<ProjectView> {
  const { eventLog, turns = openTurns() } = deps
  const { epoch, offset: upTo } = await momentOffset(eventLog, project, moment)
  if (turns.isOver()) await turns.take()
  let state = await nearestState({ ...deps, fold: projectFold }, { project, epoch, upTo })
  const checkpoint = openCheckpoints({ ...deps, project, fold: projectFold }, CHECKPOINT_STEP)
  while (state.offset < upTo) {
    if (turns.isOver()) await turns.take()
    const { events, first } = await eventLog.read(project, { ...STEP, after: state.offset, upTo })
    if (first > state.offset + 1) throw await forgotten(eventLog, project, first)
    const last = events.at(-1)
    if (!last) break
    while (state.offset < last.offset) {
      if (turns.isOver()) await turns.take()
      state = foldEvents(state, events, turns.isOver)
    }
    if (turns.isOver()) await turns.take()
    await checkpoint(epoch, state)
  }
  return { epoch, state, recent: [] }
}

/** The epoch and offset of a moment. Refuses one beyond the head. */
export async function momentOffset(eventLog: Pick<EventLog, 'head' | 'offsetAt'>, project: string, moment: Moment): Promise<Position> {
  const { epoch, offset: head } = await eventLog.head(project)
  const offset = 'offset' in moment ? moment.offset : await eventLog.offsetAt(project, moment.instant)
  if (offset <= head) return { epoch, offset }
  throw new RefusedError('STATE_CONFLICT', `Offset ${offset} lies beyond the end of the log, which is ${head}.`, { epoch, offset: head })
}

/** The error for a moment before the first event that retention left. */
export async function forgotten(eventLog: Pick<EventLog, 'read'>, project: string, first: number): Promise<RefusedError> {
  const { epoch, events } = await eventLog.read(project, { after: first - 1, limit: 1 })
  const at = events[0] && new Date(events[0].received_at).toISOString()
  const since = at === undefined ? '' : `, received at ${at}`
  const details = { epoch, first_offset: first, ...(at === undefined ? {} : { first_at: at }) }
  return new RefusedError(
    'GONE',
    `Events before offset ${first} were removed by retention. The first that is left is ${first}${since}.`,
    details,
  )
}

export type Past = { view: ProjectView; now: number }

/** A project at a past moment; empty before its first event. Refuses with GONE when retention removed that time. */
export async function projectAt(deps: PastDeps, project: string, moment: Moment): Promise<Past> {
  const view = await stateAtMoment(deps, project, moment)
  const { offset, lastEventAt } = view.state
  const { events, first } = await deps.eventLog.read(project, { after: offset, limit: 1 })
  if ('offset' in moment) return { view, now: lastEventAt ?? events[0]?.received_at ?? Date.now() }
  if (offset === first - 1 && first > 1 && moment.instant < (lastEventAt ?? 0)) throw await forgotten(deps.eventLog, project, first)
  return { view, now: Math.min(moment.instant, Date.now()) }
}

const AT_ONCE = 4

/** `forgotten` counts projects whose events of that time were removed; `firstAt` is the oldest event that is left. */
export type PastProjects = { summaries: ProjectSummary[]; forgotten: number; firstAt: string | undefined }

/** All projects at an instant (ms since 1970), unordered, without those that had no events yet. */
export async function projectsAt(
  deps: PastDeps,
  projects: readonly Project[],
  { instant, staleMinutes }: { instant: number; staleMinutes: number },
): Promise<PastProjects> {
  const past: PastProjects = { summaries: [], forgotten: 0, firstAt: undefined }
  const problems: unknown[] = []

  async function look(project: Project) {
    const { view, now } = await projectAt(deps, project.name, { instant })
    if (view.state.lastEventAt === undefined) return
    past.summaries.push(summarize({ project, state: view.state, epoch: view.epoch, now, staleMinutes }))
  }

  function missed(error: unknown) {
    if (!(error instanceof RefusedError && error.code === 'GONE')) return void problems.push(error)
    const { first_at: firstAt } = error.details
    past.forgotten += 1
    if (typeof firstAt === 'string' && (past.firstAt === undefined || firstAt < past.firstAt)) past.firstAt = firstAt
  }

  await forEachConcurrently(projects, AT_ONCE, (project) => look(project).catch(missed))
  for (const problem of problems) throw problem
  return past
}

const STATES_CONSULTED = 4

/** The first workflow transition after an event. `known` is thinned out, so states in between are consulted. */
export async function nextMove(deps: PastDeps, project: string, { after, known }: { after: number; known: readonly Move[] }) {
  let found = moveAfter(known, after)
  for (let turn = 0; turn < STATES_CONSULTED && found; turn += 1) {
    const { state } = await stateAtMoment(deps, project, { offset: found.offset })
    const nearer = moveAfter(state.workflow.moves, after)
    if (nearer === undefined || nearer.offset >= found.offset) return found
    found = nearer
  }
  return found
}

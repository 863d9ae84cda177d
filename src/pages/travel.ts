import { RefusedError } from '../domain/refused.ts'
import { stateDifferences } from '../domain/project/state-differences.ts'
import { moveAfter, moveBefore } from '../domain/project/workflow-moves.ts'
import { nextMove } from '../projection/time-travel.ts'
import { momentHref, projectHref } from '../../views/atoms/part-href.ts'
import type { Travel } from '../../views/shell/time-travel.tsx'
import { readLong } from './past.ts'
import type { Visit } from './page-of-project.ts'

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/

/** Where a page of the past stands, and what differs from now if asked for. */
export async function travelOf({ shown: { project, view, at }, now, request, deps }: Omit<Visit<unknown>, 'layout'>) {
  if (at === undefined) return {}
  const { offset, workflow } = view.state
  const newest = await deps.projections.view(project.name)
  const { first, head, events } = await deps.eventLog.read(project.name, { after: offset, limit: 1 })
  const isCompared = request.url.searchParams.get('compare') === 'now'
  const next = events[0] && { offset: events[0].offset, at: events[0].received_at }
  const { moves } = newest.state.workflow
  const travel: Travel = {
    href: projectHref(project.name),
    ...{ at, now, offset, first, head, next, moves, isCompared },
    state: workflow.state,
    previousMove: reachable(moveBefore(workflow.moves, offset)?.offset, first),
    hasNextMove: moveAfter(moves, offset) !== undefined,
  }
  return { travel, differences: isCompared ? stateDifferences(view.state, newest.state) : undefined }
}

/** The moment before the first kept event is still reachable. */
const reachable = (offset: number | undefined, first: number) => (offset === undefined || offset < first - 1 ? undefined : offset)

/** The address of a moment given in other words: a form's time (`on`, UTC), or the next transition. */
export async function otherMoment({ shown: { project, view }, request, deps }: Omit<Visit<unknown>, 'layout'>) {
  const search = request.url.searchParams
  const there = (at: string | number) => momentHref(projectHref(project.name), at, search.get('compare') === 'now')
  const on = search.get('on')
  if (on !== null) return there(timeOfForm(on))
  if (search.get('step') !== 'next') return undefined
  const { offset } = view.state
  const { state } = await deps.projections.view(project.name)
  const move = await readLong(deps, request, ({ whole }) => nextMove(whole, project.name, { after: offset, known: state.workflow.moves }))
  return there(move?.offset ?? offset)
}

/** A form's time in UTC as in addresses. */
export function timeOfForm(on: string): string {
  if (LOCAL.test(on)) return `${on}${on.length === 16 ? ':00' : ''}Z`
  throw new RefusedError('VALIDATION_ERROR', `on must be a time in UTC such as 2026-11-23T20:30, not "${on.slice(0, 60)}".`, {
    field: 'on',
  })
}

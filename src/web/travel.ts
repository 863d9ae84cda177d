import type { Context } from 'hono'
import { RefusedError } from '../domain/refused.ts'
import { stateDifferences } from '../domain/project/state-differences.ts'
import { moveAfter, moveBefore } from '../domain/project/workflow-moves.ts'
import { nextMove } from '../projection/time-travel.ts'
import { momentHref, projectHref } from '../../views/atoms/part-href.ts'
import type { Travel } from '../../views/shell/time-travel.tsx'
import type { Env, WebDeps } from './env.ts'
import { readLong } from './read-long.ts'
import type { Viewed } from './viewed.ts'

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/

/** Where a page that looks back stands, and what differs from now where it was asked for; nothing on a page that does not. */
export async function travelOf(c: Context<Env>, deps: WebDeps, { project, view, at, now }: Viewed) {
  if (at === undefined) return {}
  const { offset, workflow } = view.state
  const newest = await deps.projections.view(project.name)
  const { first, head, events } = await deps.eventLog.read(project.name, { after: offset, limit: 1 })
  const isCompared = c.req.query('compare') === 'now'
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

/** A moment that retention left: the one before the first event still is one. */
const reachable = (offset: number | undefined, first: number) => (offset === undefined || offset < first - 1 ? undefined : offset)

/** The address of a moment that is asked for in other words: a time of the form (`on`, in UTC), or the next change of state. */
export async function otherMoment(c: Context<Env>, deps: WebDeps, { project, view }: Pick<Viewed, 'project' | 'view'>) {
  const { on, step, compare } = c.req.query()
  const there = (at: string | number) => momentHref(projectHref(project.name), at, compare === 'now')
  if (on !== undefined) return there(timeOfForm(on))
  if (step !== 'next') return undefined
  const { offset } = view.state
  const { state } = await deps.projections.view(project.name)
  const move = await readLong(c, deps, (reading) => nextMove(reading, project.name, { after: offset, known: state.workflow.moves }))
  return there(move?.offset ?? offset)
}

/** The time in UTC that a form sent, as an address names it. */
export function timeOfForm(on: string): string {
  if (LOCAL.test(on)) return `${on}${on.length === 16 ? ':00' : ''}Z`
  throw new RefusedError('VALIDATION_ERROR', `on must be a time in UTC such as 2026-11-23T20:30, not "${on.slice(0, 60)}".`, {
    field: 'on',
  })
}

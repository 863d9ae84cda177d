import { moveAfter } from '../domain/project/workflow-moves.ts'
import type { Move } from '../domain/project/workflow-moves.ts'
import { type PastDeps, stateAtMoment } from './state-at.ts'

/** Each turn looks at an earlier moment; one is enough unless more than fifty changes lie between. */
const TURNS = 4

/**
 * The first change of the workflow's state after an event. `known` are those that the newest state keeps, thinned out where they
 * are dense: the state at the one that was found still knows those before it.
 */
export async function nextMove(deps: PastDeps, project: string, { after, known }: { after: number; known: readonly Move[] }) {
  let found = moveAfter(known, after)
  for (let turn = 0; turn < TURNS && found; turn += 1) {
    const { state } = await stateAtMoment(deps, project, { offset: found.offset })
    const nearer = moveAfter(state.workflow.moves, after)
    if (nearer === undefined || nearer.offset >= found.offset) return found
    found = nearer
  }
  return found
}

/** A change of the workflow's state. */
export type Move = { offset: number; at: number; to: string }

export type Moves = {
  /** When it entered which state, oldest first: the first and the last 50 as they were, those between thinned out where they are dense. */
  moves: Move[]
}

/** Enough to mark where a slider as wide as a page is worth stopping at. */
export const MOVES_KEPT = 200
/** The newest are all there: whoever stands at any moment can step back from change to change. */
const NEWEST_KEPT = 50

/** Adds a change of state. Of too many, the one goes that leaves the smallest gap; the first and the newest stay. */
export function keepMove(moves: Move[], move: Move) {
  moves.push(move)
  if (moves.length > MOVES_KEPT) moves.splice(densest(moves), 1)
}

function densest(moves: readonly Move[]): number {
  let found = 1
  let narrowest = Number.POSITIVE_INFINITY
  for (let index = 1; index < moves.length - NEWEST_KEPT; index += 1) {
    const gap = (moves[index + 1]?.offset ?? 0) - (moves[index - 1]?.offset ?? 0)
    if (gap >= narrowest) continue
    found = index
    narrowest = gap
  }
  return found
}

/** The last change before an event; undefined before the first. */
export function moveBefore(moves: readonly Move[], offset: number): Move | undefined {
  return moves.findLast((move) => move.offset < offset)
}

/** The first of those that are kept after an event. */
export function moveAfter(moves: readonly Move[], offset: number): Move | undefined {
  return moves.find((move) => move.offset > offset)
}

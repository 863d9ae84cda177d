export type Move = { offset: number; at: number; to: string }

export type Moves = {
  /** State changes, oldest first: the first and the last 50 in full, those between thinned out. */
  moves: Move[]
}

export const MOVES_KEPT = 200
const NEWEST_KEPT = 50

/** Adds a change of state; beyond the limit the one that leaves the smallest gap goes. */
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

/** The last change before an event. */
export function moveBefore(moves: readonly Move[], offset: number): Move | undefined {
  return moves.findLast((move) => move.offset < offset)
}

/** The first kept change after an event. */
export function moveAfter(moves: readonly Move[], offset: number): Move | undefined {
  return moves.find((move) => move.offset > offset)
}

import { expect, test } from 'bun:test'
import type { Move } from '../../src/domain/project/workflow-moves.ts'
import { keepMove, moveAfter, moveBefore, MOVES_KEPT } from '../../src/domain/project/workflow-moves.ts'
import { told } from '../support/told.ts'

const keptOf = (offsets: Iterable<number>) => {
  const moves: Move[] = []
  for (const offset of offsets) keepMove(moves, { offset, at: offset * 1_000, to: `S${offset}` })
  return moves
}

const every = (count: number, step = 1) => Array.from({ length: count }, (_, index) => 1 + index * step)

test('a project remembers when its workflow entered which state; the same state again is no change', () => {
  const to = (new_state: string) => ({ type: 'workflow_transition', new_state })
  const { workflow } = told([to('BACKLOG_READY'), to('BACKLOG_READY'), to('SPRINT_PLANNED')])
  expect(workflow.moves.map(({ offset, to: state }) => [offset, state])).toEqual([
    [1, 'BACKLOG_READY'],
    [3, 'SPRINT_PLANNED'],
  ])
})

test('of more changes than are kept the first and the last fifty stay', () => {
  const offsets = every(5_000, 3)
  const kept = keptOf(offsets).map(({ offset }) => offset)
  expect(kept).toHaveLength(MOVES_KEPT)
  expect(kept[0]).toBe(1)
  expect(kept.slice(-50)).toEqual(offsets.slice(-50))
})

test('those between thin out evenly, so that no long stretch is without a mark', () => {
  const kept = keptOf(every(5_000)).map(({ offset }) => offset)
  const gaps = kept.slice(1, -50).map((offset, index) => offset - (kept[index] ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(130)
})

test('a lone change stays where changes crowd elsewhere', () => {
  const kept = keptOf([...every(300), 100_000, ...every(300).map((offset) => 200_000 + offset)])
  expect(kept.some(({ offset }) => offset === 100_000)).toBe(true)
})

test('the changes before and after an event are found', () => {
  const moves = keptOf([5, 9, 12])
  expect([moveBefore(moves, 9)?.offset, moveBefore(moves, 10)?.offset, moveBefore(moves, 5)]).toEqual([5, 9, undefined])
  expect([moveAfter(moves, 9)?.offset, moveAfter(moves, 4)?.offset, moveAfter(moves, 12)]).toEqual([12, 5, undefined])
})

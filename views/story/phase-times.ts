import { isOpenCycle, TDD_STATES } from '../../src/domain/project/tdd-machine.ts'

export type PhaseMark = 'current' | 'unexpected' | 'visited' | 'ahead'

/** What is drawn of a cycle, wherever it comes from. */
export type PhasedCycle = {
  storyId: string
  state: string
  visited: readonly string[]
  isUnexpected: boolean
  completedAt: number | undefined
}

/** One mark a phase. A finished cycle has no current phase; one that took an unexpected step shows where it led. */
export function phaseMarks(cycle: PhasedCycle): PhaseMark[] {
  return TDD_STATES.map((phase) => {
    if (phase === cycle.state && isOpenCycle(cycle)) return cycle.isUnexpected ? 'unexpected' : 'current'
    return phase === cycle.state || cycle.visited.includes(phase) ? 'visited' : 'ahead'
  })
}

/** The marks in words, for those who do not see them. */
export function phaseWords(cycle: PhasedCycle): string {
  if (!isOpenCycle(cycle)) return 'finished'
  const place = TDD_STATES.findIndex((phase) => phase === cycle.state)
  const where = place < 0 ? cycle.state : `${cycle.state}, phase ${place + 1} of ${TDD_STATES.length}`
  return cycle.isUnexpected ? `${where}, reached by an unexpected step` : where
}

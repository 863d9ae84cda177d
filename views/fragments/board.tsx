import type { FC } from 'hono/jsx'
import { isOpenCycle } from '../../src/domain/cycle.ts'
import type { Cycle, ProjectState } from '../../src/domain/project-state.ts'
import { isTddState, TDD_STATES, tddAgent } from '../../src/domain/tdd-machine.ts'
import { visibleText } from './foreign-text.tsx'
import { CycleCard } from './cycle-card.tsx'

/** Cards of one column that are not folded. */
const OPEN_SHOWN = 30
const DONE_SHOWN = 3

const EMPTY_WORDS: Record<string, string> = {
  design: 'Nothing is being designed.',
  test_red: 'No test is being written.',
  code_green: 'No test is being made to pass.',
  refactor: 'Nothing to clean up. A story comes here when all its tests pass.',
  commit: 'Nothing was committed yet.',
}

type BoardProps = { state: ProjectState; now: number }

/** The stories by the phase of their cycle. Phases have no colour: their place says which they are. */
export const Board: FC<BoardProps> = ({ state, now }) => {
  const cycles = [...state.cycles.values()]
  const others = [...new Set(cycles.map((cycle) => cycle.state).filter((name) => !isTddState(name)))]
  return (
    <section id="board" class="card" aria-labelledby="board-title">
      <header class="card__head">
        <h2 id="board-title">Board</h2>
        <p>
          {cycles.length} {cycles.length === 1 ? 'story' : 'stories'} by phase
        </p>
      </header>
      <div class="board">
        {[...TDD_STATES, ...others.slice(0, 3)].map((phase) => (
          <Column phase={phase} cycles={cycles.filter((cycle) => cycle.state === phase)} state={state} now={now} />
        ))}
      </div>
    </section>
  )
}

const Column: FC<BoardProps & { phase: string; cycles: Cycle[] }> = ({ phase, cycles, state, now }) => {
  const open = cycles.filter(isOpenCycle).sort((one, other) => other.enteredAt - one.enteredAt)
  const done = cycles.filter((cycle) => !isOpenCycle(cycle)).sort((one, other) => finishedAt(other) - finishedAt(one))
  const shown = [...open.slice(0, OPEN_SHOWN), ...done.slice(0, DONE_SHOWN)]
  const folded = [...open.slice(OPEN_SHOWN), ...done.slice(DONE_SHOWN)]
  return (
    <div class="column">
      <h3 title={tddAgent(phase)}>
        <code dir="auto">{visibleText(phase, 30)}</code> <span>{cycles.length}</span>
      </h3>
      {cycles.length === 0 ? <p class="column__empty">{EMPTY_WORDS[phase] ?? ''}</p> : null}
      {shown.length > 0 ? <Cards cycles={shown} state={state} now={now} /> : null}
      {folded.length > 0 ? (
        <details id={`board-more-${TDD_STATES.findIndex((state) => state === phase)}`} class="column__more">
          <summary>{folded.length} more</summary>
          <Cards cycles={folded.slice(0, 200)} state={state} now={now} />
        </details>
      ) : null}
    </div>
  )
}

const Cards: FC<BoardProps & { cycles: Cycle[] }> = ({ cycles, state, now }) => (
  <ul>
    {cycles.map((cycle) => (
      <CycleCard cycle={cycle} state={state} now={now} />
    ))}
  </ul>
)

function finishedAt(cycle: Cycle): number {
  return cycle.completedAt ?? cycle.enteredAt
}

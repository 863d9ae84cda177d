import type { FC } from 'hono/jsx'
import { isOpenCycle } from '../../src/domain/cycle.ts'
import type { Cycle, ProjectState } from '../../src/domain/project-state.ts'
import { isTddState, TDD_STATES, tddAgent } from '../../src/domain/tdd-machine.ts'
import { domId } from '../dom-id.ts'
import { visibleText } from './foreign-text.tsx'
import { CycleCard } from './cycle-card.tsx'
import { Kept, type KeptMembers } from './kept.tsx'

/** Cards of one column that are not folded. */
const OPEN_SHOWN = 30
const DONE_SHOWN = 3
const FOLDED_SHOWN = 200

const EMPTY_WORDS: Record<string, string> = {
  design: 'Nothing is being designed.',
  test_red: 'No test is being written.',
  code_green: 'No test is being made to pass.',
  refactor: 'Nothing to clean up. A story comes here when all its tests pass.',
  commit: 'Nothing was committed yet.',
}

type BoardProps = KeptMembers & { project: string; state: ProjectState; now: number }
type BoardColumn = { phase: string; total: number; shown: Cycle[]; folded: Cycle[]; foldedTotal: number }

/** What stands where on the board. */
export function boardColumns(state: Pick<ProjectState, 'cycles'>): BoardColumn[] {
  const cycles = [...state.cycles.values()]
  const others = [...new Set(cycles.map((cycle) => cycle.state).filter((name) => !isTddState(name)))]
  return [...TDD_STATES, ...others.slice(0, 3)].map((phase) => {
    const inPhase = cycles.filter((cycle) => cycle.state === phase)
    const open = inPhase.filter(isOpenCycle).sort((one, other) => other.enteredAt - one.enteredAt)
    const done = inPhase.filter((cycle) => !isOpenCycle(cycle)).sort((one, other) => finishedAt(other) - finishedAt(one))
    const folded = [...open.slice(OPEN_SHOWN), ...done.slice(DONE_SHOWN)]
    const shown = [...open.slice(0, OPEN_SHOWN), ...done.slice(0, DONE_SHOWN)]
    return { phase, total: inPhase.length, shown, folded: folded.slice(0, FOLDED_SHOWN), foldedTotal: folded.length }
  })
}

/** The stories by the phase of their cycle. Phases have no colour: their place says which they are. */
export const Board: FC<BoardProps> = ({ project, state, now, kept }) => {
  const { size } = state.cycles
  return (
    <section id="board" class="card" aria-labelledby="board-title">
      <header class="card__head">
        <h2 id="board-title">Board</h2>
        <p>
          {size} {size === 1 ? 'story' : 'stories'} by phase
        </p>
      </header>
      <div class="board">
        {boardColumns(state).map((column) => (
          <Column column={column} project={project} state={state} now={now} kept={kept} />
        ))}
      </div>
    </section>
  )
}

const Column: FC<BoardProps & { column: BoardColumn }> = ({ column, project, state, now, kept }) => {
  const { phase, total, shown, folded, foldedTotal } = column
  return (
    <div class="column">
      <h3 title={tddAgent(phase)}>
        <code dir="auto">{visibleText(phase, 30)}</code> <span>{total}</span>
      </h3>
      {total === 0 ? <p class="column__empty">{EMPTY_WORDS[phase] ?? ''}</p> : null}
      {shown.length > 0 ? <Cards cycles={shown} project={project} state={state} now={now} kept={kept} /> : null}
      {folded.length > 0 ? (
        <details id={`board-more-${TDD_STATES.findIndex((state) => state === phase)}`} class="column__more">
          <summary>{foldedTotal} more</summary>
          <Cards cycles={folded} project={project} state={state} now={now} kept={kept} />
        </details>
      ) : null}
    </div>
  )
}

const Cards: FC<BoardProps & { cycles: Cycle[] }> = ({ cycles, project, state, now, kept }) => (
  <ul>
    {cycles.map((cycle) =>
      kept?.has(cycle.storyId) ? (
        <Kept id={domId('cycle', cycle.storyId)} />
      ) : (
        <CycleCard project={project} cycle={cycle} state={state} now={now} />
      ),
    )}
  </ul>
)

function finishedAt(cycle: Cycle): number {
  return cycle.completedAt ?? cycle.enteredAt
}

import type { FC } from 'hono/jsx'
import { bounded, foremost, type Worth } from '../../src/domain/bounded.ts'
import { cycleWorth, type StoriesOf } from '../../src/domain/project/forget.ts'
import type { Looked } from '../../src/domain/project/words-at.ts'
import type { Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { isOpenCycle, isTddState, TDD_STATES, tddAgent } from '../../src/domain/project/tdd-machine.ts'
import { domId } from '../atoms/dom-id.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { CycleCard } from './cycle-card.tsx'
import { UnchangedStub, type UnchangedMembers } from '../atoms/unchanged-stub.tsx'

const OPEN_SHOWN = 30
const DONE_SHOWN = 3
const FOLDED_SHOWN = 200
/** Phases that the machine does not know have a column each; further ones share one. */
const OTHERS_SHOWN = 3

const EMPTY_WORDS: Record<string, string> = {
  design: 'Nothing is being designed.',
  test_red: 'No test is being written.',
  code_green: 'No test is being made to pass.',
  refactor: 'Nothing to clean up. A story comes here when all its tests pass.',
  commit: 'Nothing was committed yet.',
}

type BoardProps = UnchangedMembers & Looked & { project: string; state: ProjectState }
/** `others` are further phases, where more are in use than have a column. */
type BoardColumn = { phase: string; others: number; total: number; shown: Cycle[]; folded: Cycle[]; foldedTotal: number }

export function boardColumns(state: StoriesOf): BoardColumn[] {
  const worthOf = cycleWorth(state)
  const byPhase = Map.groupBy(state.cycles.values(), (cycle) => cycle.state)
  const others = [...byPhase.keys()].filter((name) => !isTddState(name))
  const { kept, left: rest } = foremost(others, OTHERS_SHOWN)
  const columns = [...TDD_STATES, ...kept].map((phase) => columnOf(phase, byPhase.get(phase) ?? [], worthOf))
  if (rest.length === 0) return columns
  const inRest = rest.flatMap((phase) => byPhase.get(phase) ?? [])
  return [...columns, { ...columnOf(rest[0] ?? '', inRest, worthOf), others: rest.length - 1 }]
}

/** In a column those that somebody waits for come before those that moved last; what does not fit is counted. */
function columnOf(phase: string, inPhase: readonly Cycle[], worthOf: (cycle: Cycle) => Worth): BoardColumn {
  const open = inPhase.filter(isOpenCycle).sort((one, other) => other.enteredAt - one.enteredAt)
  const done = inPhase.filter((cycle) => !isOpenCycle(cycle)).sort((one, other) => finishedAt(other) - finishedAt(one))
  const { kept, left } = bounded(open, { limit: OPEN_SHOWN, worthOf, ageOf: ({ enteredAt }) => enteredAt })
  const doneLast = foremost(done, DONE_SHOWN)
  const folded = foremost([...left.toReversed(), ...doneLast.left], FOLDED_SHOWN)
  const shown = [...kept, ...doneLast.kept]
  return { phase, others: 0, total: inPhase.length, shown, folded: folded.kept, foldedTotal: folded.total }
}

export const Board: FC<BoardProps> = ({ project, state, now, staleMinutes, unchanged }) => {
  const { size } = state.cycles
  return (
    <section id="board" class="card" aria-labelledby="board-title">
      <header class="card__head">
        <h2 id="board-title">Board</h2>
        <p>
          {size} {size === 1 ? 'story' : 'stories'} by phase
          {state.forgotten.cycles ? `, ${state.forgotten.cycles} that are over not kept` : ''}
        </p>
      </header>
      <div class="board">
        {boardColumns(state).map((column) => (
          <Column column={column} project={project} state={state} now={now} staleMinutes={staleMinutes} unchanged={unchanged} />
        ))}
      </div>
    </section>
  )
}

const Column: FC<BoardProps & { column: BoardColumn }> = ({ column, ...board }) => {
  const { phase, others, total, shown, folded, foldedTotal } = column
  return (
    <div class="column">
      <h3 title={tddAgent(phase)}>
        <code dir="auto">{visibleText(phase, 30)}</code> {others > 0 ? `and ${others} more phases ` : ''}
        <span>{total}</span>
      </h3>
      {total === 0 ? <p class="column__empty">{EMPTY_WORDS[phase] ?? ''}</p> : null}
      {shown.length > 0 ? <Cards cycles={shown} {...board} /> : null}
      {folded.length > 0 ? (
        <details id={`board-more-${TDD_STATES.findIndex((state) => state === phase)}`} class="column__more">
          <summary>
            {foldedTotal} more{foldedTotal > folded.length ? `, ${folded.length} of them shown` : ''}
          </summary>
          <Cards cycles={folded} {...board} />
        </details>
      ) : null}
    </div>
  )
}

const Cards: FC<BoardProps & { cycles: Cycle[] }> = ({ cycles, project, state, now, staleMinutes, unchanged }) => (
  <ul>
    {cycles.map((cycle) =>
      unchanged?.has(cycle.storyId) ? (
        <UnchangedStub id={domId('cycle', cycle.storyId)} />
      ) : (
        <CycleCard project={project} cycle={cycle} state={state} now={now} staleMinutes={staleMinutes} />
      ),
    )}
  </ul>
)

function finishedAt(cycle: Cycle): number {
  return cycle.completedAt ?? cycle.enteredAt
}

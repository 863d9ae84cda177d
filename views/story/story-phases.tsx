import type { FC } from 'hono/jsx'
import type { Cycle, ProjectState, Transition } from '../../src/domain/project/project-state.ts'
import { isOpenCycle, isTddState, TDD_STATES, tddAgent, tddWord } from '../../src/domain/project/tdd-machine.ts'
import { storyWordAt } from '../../src/domain/project/words-at.ts'
import { wordLook } from '../atoms/state-look.ts'
import { relativeTime } from '../atoms/relative-time.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { marksOf, type PhaseMark, Ring } from '../atoms/phases.tsx'
import { Since } from '../atoms/since.tsx'
import type { StoryProps } from './story-detail.tsx'
import { newest } from '../../src/domain/bounded.ts'

const UNEXPECTED_SHOWN = 5

/** The machine of its cycle: a ring, the phases with the time in each, and the steps that nobody would expect. */
export const StoryPhases: FC<StoryProps> = ({ storyId, state, now, staleMinutes }) => {
  const cycle = state.cycles.get(storyId)
  return (
    <section id="part-phases" class="card" aria-labelledby="part-phases-title">
      <header class="card__head">
        <h2 id="part-phases-title">Cycle</h2>
      </header>
      {cycle === undefined ? (
        <p class="nothing">No cycle was begun. It begins with the first step of its tests.</p>
      ) : (
        <>
          <div class={`phases tone-${wordLook(storyWordAt(state, cycle, { now, staleMinutes }).word).tone}`}>
            <Ring cycle={cycle} />
            <Phases cycle={cycle} now={now} />
          </div>
          <Unexpected cycle={cycle} state={state} now={now} />
        </>
      )}
    </section>
  )
}

const Phases: FC<{ cycle: Cycle; now: number }> = ({ cycle, now }) => {
  const marks = marksOf(cycle)
  // A phase that the table does not know has no place on the ring.
  const others = cycle.visited.filter((phase) => !isTddState(phase))
  const markOf = (phase: string): PhaseMark => (phase === cycle.state && isOpenCycle(cycle) ? 'current' : 'visited')
  return (
    <ol>
      {TDD_STATES.map((phase, index) => (
        <Phase phase={phase} mark={marks[index] ?? 'ahead'} cycle={cycle} now={now} />
      ))}
      {others.map((phase) => (
        <Phase phase={phase} mark={markOf(phase)} cycle={cycle} now={now} />
      ))}
    </ol>
  )
}

type PhaseProps = { phase: string; mark: PhaseMark; cycle: Cycle; now: number }

const Phase: FC<PhaseProps> = ({ phase, mark, cycle, now }) => (
  <li class={`phase phase--${mark}`} {...(isHere(mark) ? { 'aria-current': 'step' } : {})}>
    <code dir="auto">{visibleText(phase, 40)}</code>
    <span title={tddAgent(phase)}>{isTddState(phase) ? tddWord(phase) : 'not in the table'}</span>
    <span class="phase__when">
      <When phase={phase} mark={mark} cycle={cycle} now={now} />
    </span>
  </li>
)

const isHere = (mark: PhaseMark) => mark === 'current' || mark === 'unexpected'

const When: FC<PhaseProps> = ({ phase, mark, cycle, now }) => {
  const before = cycle.stays.find((stay) => stay.state === phase)?.ms
  if (isHere(mark)) {
    return (
      <>
        {mark === 'unexpected' ? 'by an unexpected step ' : ''}here for <Since at={cycle.enteredAt} now={now} form="age" />
        {before === undefined ? '' : `, ${timeIn(before)} before`}
      </>
    )
  }
  if (mark === 'ahead') return <>{isOpenCycle(cycle) ? 'to come' : 'left out'}</>
  return <>{before === undefined ? 'been there' : `took ${timeIn(before)}`}</>
}

const timeIn = (ms: number): string => relativeTime(0, ms, 'age')

const Unexpected: FC<{ cycle: Cycle; state: Pick<ProjectState, 'transitions'>; now: number }> = ({ cycle, state, now }) => {
  const isOfCycle = ({ machine, storyId, at }: Transition) => machine === 'tdd' && storyId === cycle.storyId && at >= cycle.startedAt
  const unexpected = state.transitions.filter((step) => step.isUnexpected && isOfCycle(step))
  const steps = newest(unexpected, UNEXPECTED_SHOWN)
  if (steps.length === 0) return null
  return (
    <ul class="unexpected-steps" aria-label="Unexpected steps">
      {steps.map(({ from, to, at }) => (
        <li>
          <span class="unexpected">unexpected step</span>
          <span>
            <code dir="auto">{visibleText(from ?? 'nothing', 40)}</code> to <code dir="auto">{visibleText(to, 40)}</code>
          </span>
          <span class="phase__when">
            <Since at={at} now={now} />
          </span>
        </li>
      ))}
    </ul>
  )
}

import type { FC } from 'hono/jsx'
import type { Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { dollars } from '../atoms/figures.ts'
import { ForeignText } from '../atoms/foreign-text.tsx'
import { Since } from '../atoms/since.tsx'
import { storyHref } from '../atoms/part-href.ts'
import { durationWords } from './timings.tsx'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'
import { type Bounded, foremost, ofAll } from '../../src/domain/bounded.ts'

const SHOWN = 20

type StoriesState = Pick<ProjectState, 'cycles' | 'storyCosts'>

const endOf = ({ completedAt, enteredAt }: Cycle): number => completedAt ?? enteredAt

export const finishedCycles = ({ cycles }: Pick<ProjectState, 'cycles'>): Bounded<Cycle> =>
  foremost(
    [...cycles.values()].filter((cycle) => !isOpenCycle(cycle)).sort((one, other) => endOf(other) - endOf(one)),
    SHOWN,
  )

/** How long each of the stories took that were finished last, and what it cost. */
export const FinishedStories: FC<{ project: string; state: StoriesState; now: number }> = ({ project, state, now }) => {
  const finishedLast = finishedCycles(state)
  const finished = finishedLast.kept
  return (
    <section id="flow-finished" class="card wide" aria-labelledby="flow-finished-title">
      <header class="card__head">
        <h2 id="flow-finished-title">Finished last</h2>
        <p>{ofAll(finishedLast) ?? ''}</p>
      </header>
      {finished.length === 0 ? <p class="nothing">No story is finished.</p> : null}
      {finished.length === 0 ? null : (
        <table class="finished">
          <thead>
            <tr>
              {['Story', 'Took', 'Cost', 'Finished'].map((word) => (
                <th scope="col">{word}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {finished.map((cycle) => (
              <FinishedRow project={project} cycle={cycle} costUsd={state.storyCosts.get(cycle.storyId)?.costUsd} now={now} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

type FinishedStoryProps = { project: string; cycle: Cycle; costUsd: number | undefined; now: number }

const FinishedRow: FC<FinishedStoryProps> = ({ project, cycle, costUsd, now }) => (
  <tr>
    <th scope="row">
      <a href={storyHref(project, cycle.storyId)}>
        <ForeignText text={cycle.title ?? cycle.storyId} limit={60} />
      </a>
    </th>
    <td>{cycle.visited.length > 1 ? durationWords(Math.max(0, endOf(cycle) - cycle.startedAt)) : 'not seen to begin'}</td>
    <td>{costUsd === undefined ? '–' : dollars(costUsd)}</td>
    <td>
      <Since at={endOf(cycle)} now={now} />
    </td>
  </tr>
)

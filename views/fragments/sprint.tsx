import type { FC } from 'hono/jsx'
import { isOpenCycle } from '../../src/domain/cycle.ts'
import type { ProjectState, Story } from '../../src/domain/project-state.ts'
import { type CurrentSprint, sprintOf } from '../../src/domain/sprint.ts'
import { compact, dollars } from '../figures.ts'
import { ForeignText, Identifier, visibleText } from './foreign-text.tsx'
import { ParallelFigures } from './parallel.tsx'

/** The sprint's goal and how far it is, with what its stories cost. */
export const SprintCard: FC<{ state: ProjectState; now: number }> = ({ state, now }) => {
  const sprint = sprintOf(state)
  return (
    <section id="sprint" class="card sprint" aria-labelledby="sprint-title">
      <header class="card__head">
        <h2 id="sprint-title">Sprint</h2>
        {sprint ? (
          <p>
            <ForeignText text={sprint.goal} limit={80} />
          </p>
        ) : null}
      </header>
      <div class="card__body">
        {sprint ? <Progress sprint={sprint} state={state} /> : <NoSprint />}
        <Figures state={state} />
        <ParallelFigures parallel={state.parallel} now={now} />
      </div>
    </section>
  )
}

const NoSprint: FC = () => (
  <p class="nothing">
    No sprint is known. It comes from <code>.orch-state/sprints/</code> in the project's folder; <code>/sprint plan</code> makes one.
  </p>
)

export type StoryStand = 'done' | 'working' | 'asks' | 'open'

/** Where each story of a sprint stands, done first: from its cycle, else from the backlog. */
export function storyStands(sprint: CurrentSprint, state: ProjectState): StoryStand[] {
  const stories = new Map(sprint.stories.map((story) => [story.id, story]))
  const ids = new Set([...sprint.storyIds, ...stories.keys()])
  const asking = new Set([...state.approvals.values()].map(({ storyId }) => storyId))
  const order: StoryStand[] = ['done', 'working', 'asks', 'open']
  return [...ids]
    .map((id) => storyStand(id, { story: stories.get(id), state, asking }))
    .sort((one, other) => order.indexOf(one) - order.indexOf(other))
}

type Known = { story: Story | undefined; state: ProjectState; asking: Set<string | undefined> }

function storyStand(id: string, { story, state, asking }: Known): StoryStand {
  const cycle = state.cycles.get(id)
  if (story?.status === 'done' || (cycle && !isOpenCycle(cycle))) return 'done'
  if (asking.has(id)) return 'asks'
  return cycle || story?.status === 'in_progress' ? 'working' : 'open'
}

const Progress: FC<{ sprint: CurrentSprint; state: ProjectState }> = ({ sprint, state }) => {
  const stands = storyStands(sprint, state)
  const count = (stand: StoryStand) => stands.filter((each) => each === stand).length
  return (
    <>
      <p class="sprint__count">
        <strong>
          {count('done')} of {stands.length}
        </strong>{' '}
        stories done, {count('working')} in work{count('asks') > 0 ? `, ${count('asks')} waits for you` : ''}
      </p>
      <Segments stands={stands} />
      <p class="sprint__dates">
        <Identifier id={sprint.id} /> <bdi>{visibleText(sprint.status, 40)}</bdi>
        {sprint.startDate ? ', ' : ''}
        {sprint.startDate ? <bdi class="date">{visibleText(sprint.startDate, 30)}</bdi> : null}
        {sprint.endDate ? ' to ' : ''}
        {sprint.endDate ? <bdi class="date">{visibleText(sprint.endDate, 30)}</bdi> : null}
      </p>
    </>
  )
}

const SEGMENTS_SHOWN = 40

const Segments: FC<{ stands: StoryStand[] }> = ({ stands }) => (
  <div class="segments" aria-hidden="true">
    {stands.slice(0, SEGMENTS_SHOWN).map((stand) => (
      <span class={`segment segment--${stand}`} />
    ))}
  </div>
)

const Figures: FC<{ state: ProjectState }> = ({ state: { usage, cycleFiles, ci } }) => {
  const files = [...cycleFiles.values()]
  const passing = files.reduce((sum, file) => sum + file.passingTests, 0)
  const failing = files.reduce((sum, file) => sum + file.failingTests, 0)
  const tokens = usage.inputTokens + usage.outputTokens
  return (
    <dl class="figures">
      {files.length > 0 ? <Figure name="Tests" value={`${passing} pass`} aside={failing > 0 ? `${failing} fail` : ''} /> : null}
      {ci ? <Figure name="Last CI" value={ci.status} aside={ci.failuresInRow > 1 ? `${ci.failuresInRow} in a row` : ''} /> : null}
      {tokens > 0 ? <Figure name="Tokens" value={compact(tokens)} aside="in and out" /> : null}
      {usage.costUsd > 0 ? <Figure name="Cost" value={dollars(usage.costUsd)} aside="" /> : null}
    </dl>
  )
}

const Figure: FC<{ name: string; value: string; aside: string }> = ({ name, value, aside }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <strong>{value}</strong> {aside}
    </dd>
  </div>
)

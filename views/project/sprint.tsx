import type { FC } from 'hono/jsx'
import { openApprovals } from '../../src/domain/project/approval.ts'
import type { Story } from '../../src/domain/project/plans.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { type CurrentSprint, isStoryDone, sprintOf } from '../../src/domain/project/sprint.ts'
import { agentsOf, agentWordAt, type Looked, storyWordAt, type WordAt } from '../../src/domain/project/words-at.ts'
import { compact, dollars } from '../atoms/figures.ts'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { ParallelFigures } from './parallel.tsx'

export const SprintCard: FC<Looked & { state: ProjectState }> = ({ state, ...looked }) => {
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
        {sprint ? <Progress sprint={sprint} state={state} {...looked} /> : <NoSprint />}
        <Figures state={state} />
        <ParallelFigures parallel={state.parallel} now={looked.now} />
      </div>
    </section>
  )
}

const NoSprint: FC = () => (
  <p class="nothing">
    No sprint is known. It comes from <code>.orch-state/sprints/</code> in the project's folder; <code>/sprint plan</code> makes one.
  </p>
)

type StoryStand = 'done' | 'working' | 'silent' | 'asks' | 'open'

/** Where each story of a sprint stands, done first: from its cycle, else from the backlog. */
export function storyStands(sprint: CurrentSprint, state: ProjectState, looked: Looked): StoryStand[] {
  const stories = new Map(sprint.stories.map((story) => [story.id, story]))
  const asking = new Set(openApprovals(state, looked.now).map(({ storyId }) => storyId))
  const known = { state, asking, looked }
  return sprint.ids
    .map((id) => storyStand(id, { story: stories.get(id), ...known }))
    .sort((one, other) => STANDS.indexOf(one) - STANDS.indexOf(other))
}

const STANDS: readonly StoryStand[] = ['done', 'working', 'silent', 'asks', 'open']

type Known = { story: Story | undefined; state: ProjectState; asking: Set<string | undefined>; looked: Looked }

/** A story that a file calls begun is at work only where somebody was heard at it. */
function storyStand(id: string, { story, state, asking, looked }: Known): StoryStand {
  const cycle = state.cycles.get(id)
  if (isStoryDone(state, id, story?.status)) return 'done'
  if (asking.has(id)) return 'asks'
  if (cycle) return STAND_OF[storyWordAt(state, cycle, looked).word] ?? 'working'
  const words = agentsOf(state.agents, id).map((agent) => agentWordAt(agent, looked).word)
  if (words.includes('needs_you')) return 'asks'
  if (words.includes('working')) return 'working'
  return story?.status === 'in_progress' || words.includes('stale') ? 'silent' : 'open'
}

const STAND_OF: Partial<Record<WordAt['word'], StoryStand>> = { needs_you: 'asks', stale: 'silent' }

const Progress: FC<Looked & { sprint: CurrentSprint; state: ProjectState }> = ({ sprint, state, ...looked }) => {
  const stands = storyStands(sprint, state, looked)
  const count = (stand: StoryStand) => stands.filter((each) => each === stand).length
  return (
    <>
      <p class="sprint__count">
        <strong>
          {count('done')} of {sprint.total}
        </strong>{' '}
        stories done{sprint.isCut ? ` (of the ${stands.length} that are listed)` : ''}, {count('working')} in work
        {count('silent') > 0 ? `, ${count('silent')} silent` : ''}
        {count('asks') > 0 ? `, ${count('asks')} waits for you` : ''}
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
    {segments(stands).map((stand) => (
      <span class={`segment segment--${stand}`} />
    ))}
  </div>
)

/** A segment a story; of too many stories each kind has its share, and none that there is has nothing. */
function segments(stands: StoryStand[]): StoryStand[] {
  if (stands.length <= SEGMENTS_SHOWN) return stands
  return STANDS.flatMap((stand) => {
    const many = stands.filter((each) => each === stand).length
    const share = many === 0 ? 0 : Math.max(1, Math.floor((many / stands.length) * SEGMENTS_SHOWN))
    return Array.from({ length: share }, () => stand)
  })
}

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

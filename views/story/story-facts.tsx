import type { FC } from 'hono/jsx'
import { bounded, foremost } from '../../src/domain/bounded.ts'
import type { CycleFile } from '../../src/domain/project/reports.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { dollars } from '../atoms/figures.ts'
import { Fact, Facts } from '../atoms/facts.tsx'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { plannedStory, type StoryProps } from './story-detail.tsx'

export const StoryFacts: FC<StoryProps> = ({ storyId, state }) => {
  const file = storyFile(state, storyId)
  const cost = state.storyCosts.get(storyId)
  const story = plannedStory(state, storyId)
  return (
    <section id="part-facts" class="card" aria-labelledby="part-facts-title">
      <header class="card__head">
        <h2 id="part-facts-title">What is known</h2>
      </header>
      <Facts>
        <Fact name="Tests">{file ? testsLine(file) : 'not reported'}</Fact>
        <Fact name="Coverage">{file?.coverage === undefined ? undefined : `${Math.round(file.coverage)} %`}</Fact>
        <Fact name="CI">{storyCi(state, storyId) ?? file?.ciStatus ?? story?.ciStatus}</Fact>
        <Fact name="Cost">{cost === undefined ? 'not reported' : dollars(cost.costUsd)}</Fact>
        <Fact name="Priority">{story?.priority === undefined ? undefined : `P${story.priority}`}</Fact>
        <Fact name="Epic">{state.backlog?.epics.find(({ id }) => id === story?.epicId)?.title}</Fact>
        <Fact name="Sprint">{story?.sprintId}</Fact>
        <Fact name="Planned as">{story?.status.replaceAll('_', ' ')}</Fact>
      </Facts>
      {story?.description ? (
        <p class="part-text">
          <ForeignText text={story.description} limit={1_000} />
        </p>
      ) : null}
      <Tasks tasks={file?.tasks ?? []} taskCount={file?.taskCount ?? 0} />
      <Criteria criteria={story?.acceptanceCriteria ?? []} />
    </section>
  )
}

const TASKS_SHOWN = 30

const shownTasks = (tasks: CycleFile['tasks']) =>
  bounded(tasks, { limit: TASKS_SHOWN, worthOf: ({ state }) => (state === 'commit' ? 'over' : 'on') }).kept

const Tasks: FC<Pick<CycleFile, 'tasks' | 'taskCount'>> = ({ tasks, taskCount }) =>
  tasks.length === 0 ? null : (
    <>
      <h3 class="part-title">Tasks</h3>
      <ul class="part-list">
        {shownTasks(tasks).map(({ id, description, state }) => (
          <li>
            <ForeignText text={description === '' ? id : description} limit={160} />{' '}
            {state === '' ? null : <code dir="auto">{visibleText(state, 40)}</code>}
          </li>
        ))}
        {taskCount > TASKS_SHOWN ? <li>{taskCount - Math.min(tasks.length, TASKS_SHOWN)} more</li> : null}
      </ul>
    </>
  )

const storyCi = ({ ci }: Pick<ProjectState, 'ci'>, storyId: string): string | undefined => (ci?.storyId === storyId ? ci.status : undefined)

const CRITERIA_SHOWN = 30

const Criteria: FC<{ criteria: readonly string[] }> = ({ criteria }) => {
  const { kept, left } = foremost(criteria, CRITERIA_SHOWN)
  return criteria.length === 0 ? null : (
    <>
      <h3 class="part-title">Accepted when</h3>
      <ul class="part-list">
        {kept.map((one) => (
          <li>
            <ForeignText text={one} limit={240} />
          </li>
        ))}
        {left.length > 0 ? <li>{left.length} more</li> : null}
      </ul>
    </>
  )
}

export const storyFile = ({ cycleFiles }: Pick<ProjectState, 'cycleFiles'>, storyId: string): CycleFile | undefined =>
  [...cycleFiles.values()].findLast((file) => file.storyId === storyId)

function testsLine({ passingTests, failingTests, testRuns }: CycleFile): string {
  return `${passingTests} pass, ${failingTests} fail, ${testRuns} ${testRuns === 1 ? 'run' : 'runs'}`
}

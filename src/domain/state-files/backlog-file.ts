import { type Bound, bounded } from '../bounded.ts'
import { type Draft, copyOnWrite } from '../project/draft.ts'
import type { StateFileContent } from './file-time.ts'
import { idOf, numberOf, recordsOf, statusWord, textOf, textsOf } from '../events/loose-fields.ts'
import { type Backlog, type Epic, openSprints, planWorth, type Sprint, sprintWorth, type Story } from '../project/plans.ts'

const STORIES = { limit: 2_000, most: 20_000 }
const EPICS = { limit: 500, most: 500 }
const SPRINTS = { limit: 200, most: 400 }
const STORIES_OF_A_SPRINT = 5_000

/** backlog.json: epics, stories and sprints; titles of known cycles too. */
export function foldBacklogFile(draft: Draft, { content, event }: StateFileContent) {
  const sprints = recordsOf(content['sprints']).flatMap((sprint) => readSprint(sprint) ?? [])
  const inSprint = openSprints([...sprints, ...draft.next.sprints.values()])
  const stories = listOf(content['stories'], readStory, { ...STORIES, worthOf: (story) => planWorth(story, inSprint) })
  const epics = listOf(content['epics'], readEpic, { ...EPICS, worthOf: ({ status }) => (status === 'done' ? 'over' : 'on') })
  const shown = bounded(sprints, { ...SPRINTS, worthOf: sprintWorth })
  const backlog: Backlog = {
    epics: epics.kept,
    stories: stories.kept,
    sprints: shown.kept,
    totals: { epics: epics.total, stories: stories.total, done: stories.done, sprints: shown.total },
    isCut: (event.dropped_open ?? 0) > 0 || stories.left.some((story) => planWorth(story, inSprint) === 'waits'),
  }
  draft.next.backlog = backlog
  for (const { id, title } of backlog.stories) {
    const cycle = draft.next.cycles.get(id)
    if (cycle && cycle.title !== title) copyOnWrite(draft, 'cycles').set(id, { ...cycle, title })
  }
}

function listOf<T extends { status: string | undefined }>(
  value: unknown,
  read: (record: Record<string, unknown>) => T | undefined,
  bound: Bound<T>,
) {
  const all = recordsOf(value).flatMap((record) => read(record) ?? [])
  return { ...bounded(all, bound), done: all.filter(({ status }) => status === 'done').length }
}

/** sprints/<id>.json: one sprint, which wins over the backlog's list. */
export function foldSprintFile(draft: Draft, { content }: StateFileContent) {
  const sprint = readSprint(content)
  if (!sprint) return
  const sprints = copyOnWrite(draft, 'sprints')
  sprints.delete(sprint.id)
  sprints.set(sprint.id, sprint)
}

function readEpic(epic: Record<string, unknown>): Epic | undefined {
  const id = idOf(epic['id'])
  if (id === undefined) return undefined
  return { id, title: textOf(epic['title'], 300) ?? id, description: textOf(epic['description']), status: statusWord(epic['status']) }
}

function readStory(story: Record<string, unknown>): Story | undefined {
  const id = idOf(story['id'])
  if (id === undefined) return undefined
  return {
    id,
    epicId: idOf(story['epic_id']),
    title: textOf(story['title'], 300) ?? id,
    description: textOf(story['description']),
    acceptanceCriteria: withRest(textsOf(story['acceptance_criteria'], 100)),
    priority: numberOf(story['priority']),
    status: statusWord(story['status']) ?? 'backlog',
    sprintId: idOf(story['sprint_id']),
    cycleId: idOf(story['tdd_cycle_id']),
    testStatus: statusWord(story['test_status']),
    ciStatus: statusWord(story['ci_status']),
    testCoverage: numberOf(story['test_coverage']),
  }
}

const withRest = ({ kept, total }: { kept: string[]; total: number }) =>
  total > kept.length ? [...kept, `… [cut: ${total - kept.length} more]`] : kept

function readSprint(sprint: Record<string, unknown>): Sprint | undefined {
  const id = idOf(sprint['id'])
  if (id === undefined) return undefined
  const stories = textsOf(sprint['story_ids'], STORIES_OF_A_SPRINT)
  return {
    id,
    goal: textOf(sprint['goal'], 300) ?? id,
    startDate: textOf(sprint['start_date'], 64),
    endDate: textOf(sprint['end_date'], 64),
    storyIds: stories.kept,
    storyCount: stories.total,
    status: statusWord(sprint['status']) ?? 'planned',
  }
}

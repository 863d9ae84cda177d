import { type Draft, keepNewest, writableCycles, writableSprints } from './draft.ts'
import { idOf, numberOf, recordsOf, statusWord, textOf, textsOf } from './loose-fields.ts'
import type { Backlog, Epic, Sprint, Story } from './project-state.ts'
import type { FileReport } from './state-file.ts'

const STORIES_KEPT = 2_000
const EPICS_KEPT = 500
const SPRINTS_KEPT = 200
const STORIES_OF_A_SPRINT = 500

/** backlog.json: epics, stories and sprints, and the titles of stories whose cycles are known. */
export function foldBacklogFile(draft: Draft, { content }: FileReport) {
  const backlog: Backlog = {
    epics: recordsOf(content['epics'], EPICS_KEPT).flatMap((epic) => readEpic(epic) ?? []),
    stories: recordsOf(content['stories'], STORIES_KEPT).flatMap((story) => readStory(story) ?? []),
    sprints: recordsOf(content['sprints'], SPRINTS_KEPT).flatMap((sprint) => readSprint(sprint) ?? []),
  }
  draft.next.backlog = backlog
  for (const { id, title } of backlog.stories) {
    const cycle = draft.next.cycles.get(id)
    if (cycle && cycle.title !== title) writableCycles(draft).set(id, { ...cycle, title })
  }
}

/** sprints/<id>.json: one sprint, which wins over the backlog's own list. */
export function foldSprintFile(draft: Draft, { content }: FileReport) {
  const sprint = readSprint(content)
  if (!sprint) return
  const sprints = writableSprints(draft)
  sprints.delete(sprint.id)
  sprints.set(sprint.id, sprint)
  keepNewest(sprints, SPRINTS_KEPT)
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
    acceptanceCriteria: textsOf(story['acceptance_criteria'], 20),
    priority: numberOf(story['priority']),
    status: statusWord(story['status']) ?? 'backlog',
    sprintId: idOf(story['sprint_id']),
    cycleId: idOf(story['tdd_cycle_id']),
    testStatus: statusWord(story['test_status']),
    ciStatus: statusWord(story['ci_status']),
    testCoverage: numberOf(story['test_coverage']),
  }
}

function readSprint(sprint: Record<string, unknown>): Sprint | undefined {
  const id = idOf(sprint['id'])
  if (id === undefined) return undefined
  return {
    id,
    goal: textOf(sprint['goal'], 300) ?? id,
    startDate: textOf(sprint['start_date'], 64),
    endDate: textOf(sprint['end_date'], 64),
    storyIds: textsOf(sprint['story_ids'], STORIES_OF_A_SPRINT),
    status: statusWord(sprint['status']) ?? 'planned',
  }
}

import { type Stage, tell } from './stage.ts'
import type { DemoStory } from './world.ts'

type Listed = { sprint: string; stories: readonly DemoStory[]; status: 'planned' | 'active' | 'completed' }

/** backlog.json: the epic, all stories and sprints. */
export function tellBacklog(stage: Stage, sprints: readonly Listed[]): void {
  const { world } = stage
  const epicId = `epic-${world.name}`
  const stories = sprints.flatMap(({ sprint, stories: listed, status }) => listed.map((story) => record(story, { sprint, status, epicId })))
  tell(stage, {
    type: 'state_file',
    file: 'backlog.json',
    mtime: stage.instant(stage.now),
    content: {
      epics: [{ id: epicId, title: world.epic.title, description: world.epic.description, status: 'active' }],
      stories,
      sprints: sprints.map((one) => sprintRecord(stage, one)),
    },
  })
}

function record(story: DemoStory, { sprint, status, epicId }: { sprint: string; status: string; epicId: string }) {
  const isDone = story.joined === 'done' || status === 'completed'
  return {
    id: story.id,
    epic_id: epicId,
    title: story.title,
    acceptance_criteria: story.criteria,
    priority: story.question?.priority === 'high' ? 1 : 2,
    status: isDone ? 'done' : status === 'planned' ? 'backlog' : 'sprint',
    sprint_id: sprint,
    test_files: [story.test],
  }
}

function sprintRecord(stage: Stage, { sprint, stories, status }: Listed) {
  const day = 24 * 60
  return {
    id: sprint,
    goal: stage.world.goal,
    start_date: stage.before(4 * day).slice(0, 10),
    end_date: stage.before(-6 * day).slice(0, 10),
    story_ids: stories.map(({ id }) => id),
    status,
  }
}

/** The sprint's own file, which wins over the backlog's list. */
export function tellSprint(stage: Stage, listed: Listed): void {
  const content = sprintRecord(stage, listed)
  tell(stage, { type: 'state_file', file: `sprints/${listed.sprint}.json`, mtime: stage.instant(stage.now), content })
}

/** Files written long ago, of a project that reports nothing. */
export function tellOldFiles(stage: Stage, story: DemoStory): void {
  const [statusAt, cycleAt] = [stage.before(19), stage.before(14)]
  tell(stage, {
    type: 'state_file',
    file: 'status.json',
    mtime: statusAt,
    content: { current_state: 'SPRINT_ACTIVE', project_name: stage.world.name, orchestration_mode: 'partial', last_updated: statusAt },
  })
  const id = `tdd-cycle-${stage.sprint}-${story.id.replace(/^\D+/, '')}`
  const tests = [{ file_path: story.test, passing_tests: story.tests - 3, failing_tests: 3 }]
  const tasks = [{ id: `tdd-task-${id}`, description: story.title, current_state: story.joined, test_file_objects: tests }]
  const figures = { completed_at: null, total_test_runs: 6, total_refactors: 0, total_commits: 0, overall_test_coverage: 71 }
  const content = { id, story_id: story.id, current_state: story.joined, tasks, ...figures }
  tell(stage, { type: 'state_file', file: `tdd_cycles/${id}.json`, mtime: cycleAt, content })
}

import { isOpenCycle } from './cycle.ts'
import type { ProjectState, Sprint, Story } from './project-state.ts'

/** The sprint that people work on, with those of its stories that the backlog knows, and how many are done. */
export type CurrentSprint = Sprint & { stories: Story[]; done: number; total: number }

/** The current sprint: the active one, else the one planned last; undefined when no file tells of either. */
export function sprintOf(state: ProjectState): CurrentSprint | undefined {
  const sprints = [...new Map([...(state.backlog?.sprints ?? []).map((sprint) => [sprint.id, sprint] as const), ...state.sprints]).values()]
  const sprint = sprints.findLast(({ status }) => status === 'active') ?? sprints.findLast(({ status }) => status === 'planned')
  if (!sprint) return undefined
  const listed = new Set(sprint.storyIds)
  const stories = (state.backlog?.stories ?? []).filter((story) => listed.has(story.id) || story.sprintId === sprint.id)
  const ids = new Set([...listed, ...stories.map(({ id }) => id)])
  const statuses = new Map(stories.map(({ id, status }) => [id, status]))
  const done = [...ids].filter((id) => isStoryDone(state, id, statuses.get(id))).length
  return { ...sprint, stories, done, total: ids.size }
}

/** A story is done when the backlog says so, or when its cycle is over: the backlog's file lags behind. */
function isStoryDone({ cycles }: ProjectState, storyId: string, status: string | undefined): boolean {
  const cycle = cycles.get(storyId)
  return status === 'done' || (cycle !== undefined && !isOpenCycle(cycle))
}

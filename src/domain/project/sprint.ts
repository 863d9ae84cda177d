import type { Sprint, Story } from './plans.ts'
import type { ProjectState } from './project-state.ts'
import { isOpenCycle } from './tdd-machine.ts'

/** The sprint that people work on, with those of its stories that the backlog knows, and how many are done. */
export type CurrentSprint = Sprint & {
  stories: Story[]
  /** Every story that is known to be in it. */
  ids: string[]
  done: number
  /** All that it has, those that are not known by name with them. */
  total: number
  /** Some of its stories are not known: nothing is concluded from those that are. */
  isCut: boolean
}

/** The current sprint: the active one, else the one planned last; undefined when no file tells of either. */
export function sprintOf(state: Pick<ProjectState, 'backlog' | 'sprints' | 'cycles'>): CurrentSprint | undefined {
  const { backlog } = state
  const sprints = [...new Map([...(backlog?.sprints ?? []).map((sprint) => [sprint.id, sprint] as const), ...state.sprints]).values()]
  const sprint = sprints.findLast(({ status }) => status === 'active') ?? sprints.findLast(({ status }) => status === 'planned')
  if (!sprint) return undefined
  const listed = new Set(sprint.storyIds)
  const stories = (backlog?.stories ?? []).filter((story) => listed.has(story.id) || story.sprintId === sprint.id)
  const ids = [...new Set([...listed, ...stories.map(({ id }) => id)])]
  const statuses = new Map(stories.map(({ id, status }) => [id, status]))
  const done = ids.filter((id) => isStoryDone(state, id, statuses.get(id))).length
  const unnamed = Math.max(0, sprint.storyCount - sprint.storyIds.length)
  return { ...sprint, stories, ids, done, total: ids.length + unnamed, isCut: unnamed > 0 || (backlog?.isCut ?? false) }
}

/** Whether all that the sprint has is done: never concluded from a part of it. */
export const isSprintDone = ({ done, total, isCut }: CurrentSprint): boolean => !isCut && total > 0 && done === total

/** `3 of 8 stories`; where not all of them are known, it says so. */
export function sprintFigures({ done, total, isCut, ids }: Pick<CurrentSprint, 'done' | 'total' | 'isCut' | 'ids'>): string {
  return isCut ? `${done} of the ${ids.length} stories that are listed done, of ${total} or more` : `${done} of ${total} stories done`
}

/** A story is done when the backlog says so, or when its cycle is over: the backlog's file lags behind. */
export function isStoryDone({ cycles }: Pick<ProjectState, 'cycles'>, storyId: string, status: string | undefined): boolean {
  const cycle = cycles.get(storyId)
  return status === 'done' || (cycle !== undefined && !isOpenCycle(cycle))
}

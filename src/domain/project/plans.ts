import type { Worth } from '../bounded.ts'

/* What files tell of a project's plan: epics, stories and sprints. Part of its state, see project-state.ts. */

export type Story = {
  id: string
  epicId: string | undefined
  title: string
  description: string | undefined
  acceptanceCriteria: string[]
  /** 1 (high) to 5. */
  priority: number | undefined
  status: string
  sprintId: string | undefined
  cycleId: string | undefined
  testStatus: string | undefined
  ciStatus: string | undefined
  /** Percent. */
  testCoverage: number | undefined
}

export type Sprint = {
  id: string
  goal: string
  startDate: string | undefined
  endDate: string | undefined
  /** Bounded; `storyCount` is how many its file lists. */
  storyIds: string[]
  storyCount: number
  status: string
}

export type Epic = { id: string; title: string; description: string | undefined; status: string | undefined }

/** What a file plans. Its lists are bounded; the totals count before anything was left out. */
export type Backlog = {
  epics: Epic[]
  stories: Story[]
  sprints: Sprint[]
  totals: { epics: number; stories: number; done: number; sprints: number }
  /** Records of an open sprint were too many to be stored: its figures are not whole. */
  isCut: boolean
}

/** The stories of sprints that are not over, as far as sprints name them. */
export type OpenSprints = { storyIds: ReadonlySet<string>; over: ReadonlySet<string> }

type SprintPlan = { id: string; storyIds: readonly string[]; status: string }

/** Which stories belong to a sprint that is not over. */
export function openSprints(sprints: readonly SprintPlan[]): OpenSprints {
  const [ended, open] = [sprints.filter(({ status }) => status === 'completed'), sprints.filter(({ status }) => status !== 'completed')]
  return { storyIds: new Set(open.flatMap(({ storyIds }) => storyIds)), over: new Set(ended.map(({ id }) => id)) }
}

type StoryPlan = { id: string | undefined; status: string | undefined; sprintId: string | undefined }

/** A story of a sprint counts in its figures, done or not: it stays as those do that are worked on. */
export function planWorth({ id, status, sprintId }: StoryPlan, { storyIds, over }: OpenSprints): Worth {
  const isOfSprint = (sprintId !== undefined && !over.has(sprintId)) || (id !== undefined && storyIds.has(id))
  if (isOfSprint || status === 'in_progress' || status === 'sprint' || status === 'blocked' || status === 'failed') return 'waits'
  return status === 'done' || status === 'completed' || status === 'cancelled' ? 'over' : 'on'
}

/** The sprint that people work on stays, then those to come. */
export function sprintWorth({ status }: Pick<SprintPlan, 'status'>): Worth {
  return status === 'active' ? 'waits' : status === 'planned' ? 'on' : 'over'
}

import type { Worth } from '../bounded.ts'

export type Story = {
  id: string
  epicId: string | undefined
  title: string
  description: string | undefined
  acceptanceCriteria: string[]
  priority: number | undefined
  status: string
  sprintId: string | undefined
  cycleId: string | undefined
  testStatus: string | undefined
  ciStatus: string | undefined
  testCoverage: number | undefined
}

export type Sprint = {
  id: string
  goal: string
  startDate: string | undefined
  endDate: string | undefined
  storyIds: string[]
  storyCount: number
  status: string
}

export type Epic = { id: string; title: string; description: string | undefined; status: string | undefined }

export type Backlog = {
  epics: Epic[]
  stories: Story[]
  sprints: Sprint[]
  totals: { epics: number; stories: number; done: number; sprints: number }
  /** Records of an open sprint are missing, so its figures are incomplete. */
  isCut: boolean
}

type OpenSprints = { storyIds: ReadonlySet<string>; over: ReadonlySet<string> }

type SprintPlan = { id: string; storyIds: readonly string[]; status: string }

/** The stories of sprints that are not completed. */
export function openSprints(sprints: readonly SprintPlan[]): OpenSprints {
  const [ended, open] = [sprints.filter(({ status }) => status === 'completed'), sprints.filter(({ status }) => status !== 'completed')]
  return { storyIds: new Set(open.flatMap(({ storyIds }) => storyIds)), over: new Set(ended.map(({ id }) => id)) }
}

type StoryPlan = { id: string | undefined; status: string | undefined; sprintId: string | undefined }

/** Stories of an open sprint are kept, done or not: its figures need them. */
export function planWorth({ id, status, sprintId }: StoryPlan, { storyIds, over }: OpenSprints): Worth {
  const isOfSprint = (sprintId !== undefined && !over.has(sprintId)) || (id !== undefined && storyIds.has(id))
  if (isOfSprint || status === 'in_progress' || status === 'sprint' || status === 'blocked' || status === 'failed') return 'waits'
  return status === 'done' || status === 'completed' || status === 'cancelled' ? 'over' : 'on'
}

/** The active sprint is kept, then planned ones. */
export function sprintWorth({ status }: Pick<SprintPlan, 'status'>): Worth {
  return status === 'active' ? 'waits' : status === 'planned' ? 'on' : 'over'
}

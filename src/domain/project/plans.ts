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

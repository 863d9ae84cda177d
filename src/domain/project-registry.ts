/** The configured lifecycle, not what happens now. */
export const LIFECYCLES = ['active', 'paused', 'maintenance', 'archived', 'initializing'] as const
export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const

export type Lifecycle = (typeof LIFECYCLES)[number]
export type Priority = (typeof PRIORITIES)[number]

/** What is known of a project apart from what happens in it. */
export type Project = {
  name: string
  /** Absolute; undefined where only reports arrive. */
  path: string | undefined
  status: Lifecycle
  priority: Priority
  description: string
  owner: string | undefined
  team: string[]
  tags: string[]
  gitUrl: string | undefined
  orchestration: string | undefined
  dependencies: { project: string; type: string; criticality: string | undefined }[]
  limits: { parallelAgents: number; parallelCycles: number; memoryMb: number; diskMb: number }
  /** The file wins for what it lists: such projects cannot be changed through the API. */
  origin: 'file' | 'reported'
}

export const PHASES = ['design', 'test_red', 'code_green', 'refactor', 'commit'] as const
export type Phase = (typeof PHASES)[number]

export type Question = {
  phase: Phase
  title: string
  kind: 'command' | 'plan' | 'permission' | 'decision'
  description?: string
  priority?: 'high' | 'normal'
  /** Minutes until the answer. */
  waits: number
  answer?: { decision: 'allow' | 'deny'; by: string; message?: string }
}

export type DemoStory = {
  id: string
  title: string
  criteria: readonly string[]
  test: string
  source: string
  /** Output of the first test run. */
  red: string
  /** The first failure, if any. */
  stumble?: string
  tidy: string
  message: string
  tests: number
  question?: Question
  /** The failure of three CI runs, until a person helps. */
  ci?: { fails: string; hint: string }
  /** Where it stands at the beginning; undefined: not begun. */
  joined?: 'done' | Phase
}

export type Course = 'steady' | 'review' | 'silent' | 'paused' | 'training' | 'finished'

/** A project of the demo. */
export type World = {
  name: string
  epic: { title: string; description: string }
  goal: string
  course: Course
  /** The command before a test's path. */
  runTests: string
  lint: string
  /** The planner and a colleague. */
  people: readonly [string, string]
  model: string
  /** Stories of agents that work in parallel. */
  lanes: readonly (readonly DemoStory[])[]
  talk: readonly (readonly [minute: number, by: string, message: string])[]
}

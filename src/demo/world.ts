export const PHASES = ['design', 'test_red', 'code_green', 'refactor', 'commit'] as const
export type Phase = (typeof PHASES)[number]

/** What an agent wants to know from a person, and what it hears; without an answer it waits until the hour is over. */
export type Question = {
  phase: Phase
  title: string
  kind: 'command' | 'plan' | 'permission' | 'decision'
  description?: string
  priority?: 'high' | 'normal'
  /** Minutes until somebody answers. */
  waits: number
  answer?: { decision: 'allow' | 'deny'; by: string; message?: string }
}

/** A story as its agents go through it. */
export type Story = {
  id: string
  title: string
  criteria: readonly string[]
  test: string
  source: string
  /** What the first run of its test says. */
  red: string
  /** What goes wrong on the way to green; without it the first attempt passes. */
  stumble?: string
  /** What is tidied up when it is green. */
  tidy: string
  message: string
  tests: number
  question?: Question
  /** What the pipeline says, three times, until a person helps. */
  ci?: { fails: string; hint: string }
  /** Where it stands when the hour begins; without it its cycle has not begun. */
  joined?: 'done' | Phase
}

/** What becomes of the project within the hour. */
export type Course = 'steady' | 'review' | 'silent' | 'paused' | 'training' | 'finished'

/** A project of the demo: who works there, on what, and how it goes. */
export type World = {
  name: string
  epic: { title: string; description: string }
  goal: string
  course: Course
  /** Before the path of a test file. */
  runTests: string
  lint: string
  /** The one who plans and answers, and a colleague. */
  people: readonly [string, string]
  model: string
  /** The stories of each agent that works beside the others, in order. */
  lanes: readonly (readonly Story[])[]
  talk: readonly (readonly [minute: number, by: string, message: string])[]
}

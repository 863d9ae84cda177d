/** How a link to an orchestrator stands; instants are ms since 1970. */
export type LinkHealth = {
  name: string
  /** Without credentials and query. */
  url: string
  state: 'connecting' | 'connected' | 'waiting' | 'stopped'
  /** When it came to this state. */
  since: number
  /** Dials since the last stable connection. */
  attempts: number
  nextAttemptAt: number | undefined
  lastFrameAt: number | undefined
  framesTotal: number
  /** Frames, or parts of them, that could not be accepted. */
  refused: number
  /** `error` answers of the orchestrator. */
  errorAnswers: number
  /** Frames that came and are not stored yet. */
  framesWaiting: number
  /** For people. */
  lastProblem: string | undefined
  /** Names outside the link's projects, most recent last; what is beyond the bound counts as `(others)`. */
  droppedProjects: { name: string; count: number }[]
}

export type Tally = ReturnType<typeof openTally>

const DROPPED_LIMIT = 20
const NAME_LIMIT = 63
const PROBLEM_LIMIT = 300
const OTHERS = '(others)'

/** Counts what a link could not use, in bounded memory whatever comes. */
export function openTally(changed: () => void) {
  const dropped = new Map<string, number>()
  const counts = { frames: 0, refused: 0, errorAnswers: 0 }
  let lastFrameAt: number | undefined
  let frameProblem: string | undefined
  let storeProblem: string | undefined

  return {
    frame(at: number) {
      counts.frames++
      lastFrameAt = at
      changed()
    },
    refuse(problem: string) {
      counts.refused++
      frameProblem = `refused: ${problem}`.slice(0, PROBLEM_LIMIT)
      changed()
    },
    answeredError(message: unknown) {
      counts.errorAnswers++
      frameProblem = `the orchestrator answered: ${typeof message === 'string' ? message : 'error'}`.slice(0, PROBLEM_LIMIT)
      changed()
    },
    drop(name: string) {
      const short = name.slice(0, NAME_LIMIT)
      const key = dropped.has(short) || dropped.size < DROPPED_LIMIT ? short : OTHERS
      dropped.set(key, (dropped.get(key) ?? 0) + 1)
      changed()
    },
    /** What keeps frames from being stored, until it is called without a problem. */
    storing(problem: string | undefined) {
      if (storeProblem === problem) return
      storeProblem = problem
      changed()
    },
    read: () => ({
      ...{ framesTotal: counts.frames, refused: counts.refused, errorAnswers: counts.errorAnswers, lastFrameAt },
      lastProblem: storeProblem ?? frameProblem,
      droppedProjects: [...dropped].map(([name, count]) => ({ name, count })),
    }),
  }
}

/** How a link to an orchestrator stands; instants are ms since 1970. */
export type LinkHealth = {
  name: string
  /** Without credentials and query. */
  url: string
  /** `unowned`: no worker of the fleet follows it, or none that we can hear of. */
  state: 'connecting' | 'connected' | 'waiting' | 'stopped' | 'unowned'
  /** Since when it is connected, or since when it is not, however often it was tried meanwhile. */
  since: number
  /** Dials since the last stable connection. */
  attempts: number
  nextAttemptAt: number | undefined
  lastFrameAt: number | undefined
  framesTotal: number
  /** Frames, or parts of them, that could not be accepted. */
  refused: number
  /** Events that said that they are older than what is kept; since this worker follows it. */
  tooOld: number
  /** `error` answers of the orchestrator. */
  errorAnswers: number
  /** Frames that came and are not stored yet. */
  framesWaiting: number
  /** For people. */
  lastProblem: string | undefined
  /** Names outside the link's projects, most recent last; what is beyond the bound counts as `(others)`. */
  droppedProjects: { name: string; count: number }[]
}

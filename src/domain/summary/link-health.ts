/** The state of a link to an orchestrator; instants are ms since 1970. */
export type LinkHealth = {
  name: string
  url: string
  /** `unowned`: no worker follows it. */
  state: 'connecting' | 'connected' | 'waiting' | 'stopped' | 'unowned'
  /** Since when it is connected, or disconnected, however often it was dialled. */
  since: number
  attempts: number
  nextAttemptAt: number | undefined
  lastFrameAt: number | undefined
  framesTotal: number
  refused: number
  tooOld: number
  errorAnswers: number
  framesWaiting: number
  lastProblem: string | undefined
  /** Foreign project names, the latest last; beyond the bound `(others)`. */
  droppedProjects: { name: string; count: number }[]
}

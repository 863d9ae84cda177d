import type { OrchestratorConfig } from '../../config/config.ts'
import type { QuestionsOf } from '../../domain/project/approval.ts'
import type { StoreDeps } from '../accept/store-with-retry.ts'
import type { LinkNews } from './link-news.ts'
import type { KnownState } from './translate-frame.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

export type LinkDeps = {
  orchestrator: OrchestratorConfig
  /** Stores and announces events of one project; LogUnavailableError is waited out, RefusedError counted. */
  accept: StoreDeps['accept']
  /** A project's state with everything that was accepted before the call; empty for a project that nobody knows yet. */
  stateOf(project: string): Promise<KnownState & QuestionsOf>
  /** Told of every change of the connection, and at most once a second of what came over it. */
  onHealth(health: LinkHealth): void
  /** Told of each thing that happens, at once and without bounds. */
  onNews?(news: LinkNews): void
  onError(error: unknown): void
  timing?: Partial<LinkTiming>
}

export type OrchestratorLink = {
  health(): LinkHealth
  /** Asks for the history and the state: what was told went into a log that is no more. */
  askAgain(): void
  /** Stops listening, stores what came, and forgets the rest when the log is away. */
  close(): Promise<void>
}

/** How patient a link is, in ms. */
export const LINK_TIMING = {
  connectMs: 10_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  /** A connection that lived so long was a good one: the next loss begins with the first delay again. */
  stableMs: 10_000,
  /** How long live frames wait for the history after a connect. */
  historyMs: 2_000,
  /** How long held frames wait for the next connection's history after a loss. */
  rejoinMs: 5_000,
  answerMs: 2_000,
  /** Orchestrators ping every 20 s: after this time without a frame they are asked, which finds what was never broadcast. */
  silentMs: 60_000,
  /** How long after that question not even a pong may come. */
  muteMs: 10_000,
  healthMs: 1_000,
  /** Questions for other reasons than silence are gathered for so long. */
  againMs: 500,
  /** Of what is lost all the time the project's log hears so often. */
  lossesMs: 60_000,
}

export type LinkTiming = typeof LINK_TIMING

const JITTER = 0.25

/** How long to wait before the next dial: twice as long after each that failed, up to a bound, and never all at once. */
export function retryDelayMs({ firstDelayMs, longestDelayMs }: LinkTiming, attempts: number): number {
  const steady = Math.min(firstDelayMs * 2 ** Math.max(attempts - 1, 0), longestDelayMs)
  return steady * (1 + JITTER * (2 * Math.random() - 1))
}

import type { OrchestratorConfig } from '../../config/config.ts'
import type { QuestionsOf } from '../../domain/project/approval.ts'
import type { StoreDeps } from '../accept/store-with-retry.ts'
import type { LinkNews } from './link-news.ts'
import type { KnownState } from './translate-frame.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

export type LinkDeps = {
  orchestrator: OrchestratorConfig
  /** LogUnavailableError is retried, RefusedError is counted. */
  accept: StoreDeps['accept']
  stateOf(project: string): Promise<KnownState & QuestionsOf>
  onHealth(health: LinkHealth): void
  onNews?(news: LinkNews): void
  onError(error: unknown): void
  timing?: Partial<LinkTiming>
}

export type OrchestratorLink = {
  health(): LinkHealth
  askAgain(): void
  close(): Promise<void>
}

/**
 * Live frames wait `historyMs` for the history after a connect, held ones `rejoinMs` for that of the next connection. A silent
 * orchestrator is asked after `silentMs` and dropped `muteMs` later. `stableMs` of connection reset the delay of retries;
 * questions are gathered for `againMs`, losses for `lossesMs`.
 */
export const LINK_TIMING = {
  connectMs: 10_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  stableMs: 10_000,
  historyMs: 2_000,
  rejoinMs: 5_000,
  answerMs: 2_000,
  /** Orchestrators ping every 20 s; after this silence they are asked, which also finds what was never broadcast. */
  silentMs: 60_000,
  muteMs: 10_000,
  healthMs: 1_000,
  againMs: 500,
  /** A shorter absence is no gap in a project: it would hear of every restart. */
  gapMs: 5_000,
  lossesMs: 60_000,
}

export type LinkTiming = typeof LINK_TIMING

const JITTER = 0.25

/** Exponential delay before the next attempt, with jitter. */
export function retryDelayMs({ firstDelayMs, longestDelayMs }: LinkTiming, attempts: number): number {
  const steady = Math.min(firstDelayMs * 2 ** Math.max(attempts - 1, 0), longestDelayMs)
  return steady * (1 + JITTER * (2 * Math.random() - 1))
}

import type { OrchestratorConfig } from '../../config/config.ts'
import type { QuestionsOf } from '../../domain/project/approval.ts'
import type { StoreDeps } from '../accept/store-with-retry.ts'
import type { LinkNews } from './link-news.ts'
import type { LinkTiming } from './link-timing.ts'
import type { KnownState } from './orchestrator-frames.ts'
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

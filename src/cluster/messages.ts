import type { BusMessage } from '../bus/ipc.ts'
import type { Figures } from '../telemetry/metrics.ts'
import type { ReloadReport } from '../config/problem.ts'

/** What a worker needs to begin. The configuration travels, so that a restarted worker has the one in force, whatever the file says. */
export type Start = {
  name: string
  config: string
  port: number
  report: ReloadReport | undefined
  /** The supervisor's time, ms since 1970. */ now: number
}

/** What the supervisor says. */
export type ToWorker =
  | { type: 'start'; start: Start }
  | { type: 'bus'; message: BusMessage }
  | { type: 'collect' }
  | { type: 'rendered'; text: string }
  | { type: 'reload'; report: ReloadReport }
  | { type: 'reopen-logs' }
  /** The service ends: balancers are to be told before connections are refused. */
  | { type: 'leaving' }
  /** It takes no more connections, and serves on those that it has. */
  | { type: 'stop-listening' }
  | { type: 'drain' }

/** What a worker says. */
export type FromWorker =
  | { type: 'ready'; url: string }
  /** It cannot start as asked: the reason, in one line. */
  | { type: 'refused'; reason: string }
  /** Whoever comes now is served by others. */
  | { type: 'stopped-listening' }
  | { type: 'bus'; message: BusMessage }
  /** Nothing but that it does not hang: while it starts, and while it finishes. */
  | { type: 'alive' }
  | { type: 'figures'; figures: Figures; rssBytes: number }
  /** A scraper asks for the figures of all workers. */
  | { type: 'render' }

/** The argument that makes the program a worker. Nobody types it: a worker without a supervisor is refused. */
export const AS_WORKER = '--as-worker'

const hasType = (message: unknown) => typeof message === 'object' && message !== null && 'type' in message

/** Both ends are the same program: these tell the type, they are no parsers of foreign text. */
export const isFromWorker = (message: unknown): message is FromWorker => hasType(message)
/** See above. */
export const isToWorker = (message: unknown): message is ToWorker => hasType(message)

import type { BusMessage } from '../bus/ipc.ts'
import type { Figures } from '../telemetry/metrics.ts'
import type { ReloadReport } from '../config/problem.ts'

/** What a worker needs to start. It gets the configuration in force, even if the file has changed since. */
export type WorkerStart = {
  name: string
  config: string
  port: number
  report: ReloadReport | undefined
  now: number
}

export type ToWorker =
  | { type: 'start'; start: WorkerStart }
  | { type: 'bus'; message: BusMessage }
  | { type: 'collect' }
  | { type: 'rendered'; text: string }
  | { type: 'reload'; report: ReloadReport }
  | { type: 'reopen-logs' }
  /** Balancers are told before connections are refused. */
  | { type: 'leaving' }
  | { type: 'stop-listening' }
  | { type: 'drain' }

export type FromWorker =
  | { type: 'ready'; url: string }
  | { type: 'refused'; reason: string }
  | { type: 'stopped-listening' }
  | { type: 'bus'; message: BusMessage }
  /** A heartbeat, also while starting and finishing. */
  | { type: 'alive' }
  | { type: 'figures'; figures: Figures; rssBytes: number }
  | { type: 'render' }

/** The argument that starts a worker; refused without a supervisor. */
export const AS_WORKER = '--as-worker'

const hasType = (message: unknown) => typeof message === 'object' && message !== null && 'type' in message

/** Both ends are the same program, so its messages need no further validation. */
export const isFromWorker = (message: unknown): message is FromWorker => hasType(message)
/** Like `isFromWorker`. */
export const isToWorker = (message: unknown): message is ToWorker => hasType(message)

import { openRelay, type Relay } from '../bus/relay.ts'
import type { Logger } from '../telemetry/logger.ts'
import { WorkerPool, DRAIN_MS } from './worker-pool.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { Scrape } from './scrape.ts'
import { type SpawnedWorker, spawnWorker } from './spawn-worker.ts'
import type { ReloadReport } from '../config/problem.ts'

/** What workers are to do: the whole configuration as text, and what the supervisor itself needs of it. */
export type Plan = { config: string; workers: number; host: string; port: number; workerMemoryMb: number; projects: readonly string[] }

type Wanted = { name: string; plan: Plan; onTooLarge(worker: SpawnedWorker): void }

/** A peak is no leak: only who stays above the limit for this many looks is replaced. */
const LOOKS = 3

/** Every worker there is, of whichever generation: the bus between them, their figures, and what all are told. */
export class WorkerRegistry {
  readonly #command: string[]
  readonly #log: Logger
  readonly #workers = new Set<SpawnedWorker>()
  readonly #relay: Relay = openRelay()
  readonly #scrape = new Scrape()
  #report: ReloadReport | undefined

  constructor({ command, log }: { command: string[]; log: Logger }) {
    this.#command = command
    this.#log = log
  }

  /** Starts a generation of workers. */
  begin(plan: Plan, onFailedStart: (reason: string, isRefused: boolean) => void): WorkerPool {
    const pool: WorkerPool = new WorkerPool({
      count: plan.workers,
      drainMs: DRAIN_MS,
      log: this.#log,
      onFailedStart,
      spawn: (name) => this.#spawn({ name, plan, onTooLarge: (worker) => pool.replace(worker) }),
    })
    return pool
  }

  reopenLogs(): void {
    this.#tellAll({ type: 'reopen-logs' })
  }

  /** Tells every worker, and every later one. */
  tellReload(report: ReloadReport): void {
    this.#report = report
    this.#tellAll({ type: 'reload', report })
  }

  /** Workers say that they are not ready, and serve on. */
  tellLeaving(): void {
    this.#tellAll({ type: 'leaving' })
  }

  #tellAll(message: ToWorker) {
    for (const worker of this.#workers) worker.send(message)
  }

  #spawn({ name, plan, onTooLarge }: Wanted): SpawnedWorker {
    let looks = 0
    const received = (message: FromWorker) => {
      watchdog.heard()
      if (message.type === 'bus') return end.receive(message.message)
      if (message.type === 'render') return this.#answer(worker)
      if (message.type !== 'figures') return
      this.#scrape.take(worker, message.figures)
      looks = message.rssBytes > plan.workerMemoryMb * 1024 * 1024 ? looks + 1 : 0
      if (looks >= LOOKS) onTooLarge(worker)
    }
    const worker = spawnWorker({ command: this.#command, name, onMessage: received })
    const watchdog = watchForSilence((seconds) => this.#endHanging(worker, seconds))
    const end = this.#relay.join((message) => worker.send({ type: 'bus', message }))
    this.#workers.add(worker)
    worker.send({ type: 'start', start: { name, config: plan.config, port: plan.port, report: this.#report, now: Date.now() } })
    const left = () => {
      watchdog.stop()
      this.#workers.delete(worker)
      end.leave()
      this.#scrape.left(worker)
    }
    worker.ended.then(left, left)
    return worker
  }

  /** Its pool fills the place again; its viewers come to the others. */
  #endHanging(worker: SpawnedWorker, seconds: number) {
    this.#log.error(`worker ${worker.name} hangs: it said nothing for ${seconds} seconds and is ended`, { worker_pid: worker.pid })
    worker.kill()
  }

  #answer(worker: SpawnedWorker) {
    this.#scrape.render(this.#workers).then(
      (text) => worker.send({ type: 'rendered', text }),
      (error: unknown) => this.#log.error('the figures could not be gathered', { error }),
    )
  }
}

const TICK_MS = 1_000
/** Workers speak every 5 s: who misses three of these hangs. */
const SILENT_SECONDS = 15
/** Until a worker speaks for the first time it loads the program, on a busy host slowly. */
const FIRST_SIGN_SECONDS = 60

export type Watchdog = { heard(): void; stop(): void }

/**
 * Calls `onSilent` once when a worker says nothing for too long. Seconds are counted as this process lives them: where it was stopped itself, or
 * the whole host slept, what the worker said meanwhile is heard before it is judged.
 */
export function watchForSilence(onSilent: (seconds: number) => void): Watchdog {
  let patience = FIRST_SIGN_SECONDS
  let secondsLeft = patience
  const timer = setInterval(() => {
    secondsLeft -= 1
    if (secondsLeft > 0) return
    clearInterval(timer)
    onSilent(patience)
  }, TICK_MS)
  const heard = () => {
    patience = SILENT_SECONDS
    secondsLeft = patience
  }
  return { heard, stop: () => clearInterval(timer) }
}

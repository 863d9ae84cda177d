import { openRelay, type Relay } from '../bus/relay.ts'
import type { Logger } from '../telemetry/logger.ts'
import { WorkerPool, DRAIN_MS } from './worker-pool.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { Scrape } from './scrape.ts'
import { type SpawnedWorker, spawnWorker } from './spawn-worker.ts'
import type { ReloadReport } from '../config/problem.ts'

/** What the supervisor and its workers need of the configuration. */
export type Plan = { config: string; workers: number; host: string; port: number; workerMemoryMb: number; projects: readonly string[] }

type WorkerRequest = { name: string; plan: Plan; onTooLarge(worker: SpawnedWorker): void }

/** A peak is no leak: only a worker above the limit this many times is replaced. */
const LOOKS = 3

/** All running workers, old and new: relays their bus, collects their metrics, and sends commands to all. */
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

  tellReload(report: ReloadReport): void {
    this.#report = report
    this.#tellAll({ type: 'reload', report })
  }

  tellLeaving(): void {
    this.#tellAll({ type: 'leaving' })
  }

  #tellAll(message: ToWorker) {
    for (const worker of this.#workers) worker.send(message)
  }

  #spawn({ name, plan, onTooLarge }: WorkerRequest): SpawnedWorker {
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
/** Workers send a heartbeat every 5 s. */
const SILENT_SECONDS = 15
const FIRST_SIGN_SECONDS = 60

/** Calls `onSilent` once after too many silent seconds. Seconds are counted by ticks, so that a suspended host does not count. */
function watchForSilence(onSilent: (seconds: number) => void) {
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

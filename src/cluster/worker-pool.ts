import type { Logger } from '../telemetry/logger.ts'
import type { Ending, SpawnedWorker } from './spawn-worker.ts'

export type WorkerPoolOptions = {
  count: number
  log: Logger
  drainMs: number
  /** Throws when the system starts no more processes. */
  spawn(name: string): SpawnedWorker
  onFailedStart(reason: string, isRefused: boolean): void
}

/** Less than the 30 s after which a supervisor or orchestrator kills us. */
export const DRAIN_MS = 28_000
const STOP_LISTENING_MS = 2_000
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 30_000
/** A worker that served this long is restarted without delay. */
const STABLE_MS = 60_000

type WorkerSlot = {
  name: string
  worker: SpawnedWorker | undefined
  next: SpawnedWorker | undefined
  failures: number
  startedAt: number
  served: PromiseWithResolvers<void>
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #alive = new Set<SpawnedWorker>()
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>()
  readonly #slots: WorkerSlot[]
  readonly ready: Promise<unknown>
  #isDraining = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.count }, (_, index) => newSlot(String(index + 1)))
    for (const slot of this.#slots) slot.worker = this.#begin(slot)
    this.ready = Promise.all(this.#slots.map(({ served }) => served.promise))
  }

  /** Starts a replacement, and drains the worker once it is ready. One at a time. */
  replace(worker: SpawnedWorker): void {
    const slot = this.#slots.find((one) => one.worker === worker)
    if (!slot || this.#isDraining || this.#slots.some(({ next }) => next !== undefined)) return
    const next = this.#replacement(slot)
    if (!next) return
    slot.next = next
    next.ready.then((isReady) => {
      if (!isReady || this.#isDraining) return
      slot.next = undefined
      slot.worker = next
      this.#dismiss(worker).catch(this.#lost)
    }, this.#lost)
  }

  /** Drains all workers, and kills them after the deadline. All stop listening first, so that no viewer reconnects to one of them. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true
    for (const restart of this.#restarts) clearTimeout(restart)
    const late = setTimeout(() => this.kill(), deadlineMs)
    await this.#stopListening()
    for (const worker of this.#alive) worker.send({ type: 'drain' })
    await Promise.all([...this.#alive].map(({ ended }) => ended))
    clearTimeout(late)
  }

  kill(): void {
    for (const worker of this.#alive) worker.kill()
  }

  async #stopListening() {
    const workers = [...this.#alive]
    for (const worker of workers) worker.send({ type: 'stop-listening' })
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, STOP_LISTENING_MS)
    await Promise.race([Promise.all(workers.map(({ stoppedListening }) => stoppedListening)), late])
    clearTimeout(timer)
  }

  async #dismiss(worker: SpawnedWorker) {
    worker.send({ type: 'drain' })
    const late = setTimeout(() => worker.kill(), this.#options.drainMs)
    await worker.ended
    clearTimeout(late)
  }

  /** Without a replacement the worker serves on until the next request to replace it. */
  #replacement(slot: WorkerSlot): SpawnedWorker | undefined {
    try {
      return this.#begin(slot)
    } catch (error) {
      this.#options.log.error(`worker ${slot.name} cannot be replaced`, { error })
      return undefined
    }
  }

  #begin(slot: WorkerSlot): SpawnedWorker {
    slot.startedAt = performance.now()
    const worker = this.#options.spawn(slot.name)
    this.#alive.add(worker)
    this.#options.log.info(`worker ${slot.name} spawned`, { worker_pid: worker.pid })
    worker.ready.then((isReady) => (isReady ? slot.served.resolve() : undefined), this.#lost)
    worker.ended.then((ending) => this.#ended({ slot, worker, ending })).catch(this.#lost)
    return worker
  }

  async #ended({ slot, worker, ending }: { slot: WorkerSlot; worker: SpawnedWorker; ending: Ending }) {
    const { code, signal, refusal } = ending
    this.#alive.delete(worker)
    const isExpected = this.#isDraining || (slot.worker !== worker && code === 0)
    const why = refusal === undefined ? {} : { reason: refusal }
    this.#options.log[isExpected ? 'info' : 'error'](`worker ${slot.name} ended`, { worker_pid: worker.pid, code, signal, ...why })
    if (slot.next === worker) slot.next = undefined
    if (slot.worker !== worker || this.#isDraining) return
    if (!(await worker.ready)) {
      this.#options.onFailedStart(refusal ?? `worker ${slot.name} ended with ${signal ?? `code ${code}`}`, refusal !== undefined)
    }
    this.#restart(slot)
  }

  #restart(slot: WorkerSlot) {
    slot.worker = undefined
    if (performance.now() - slot.startedAt > STABLE_MS) slot.failures = 0
    const delayMs = slot.failures === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (slot.failures - 1), LONGEST_DELAY_MS)
    slot.failures += 1
    const restart = setTimeout(() => {
      this.#restarts.delete(restart)
      if (!this.#isDraining) this.#beginAgain(slot)
    }, delayMs)
    this.#restarts.add(restart)
  }

  #beginAgain(slot: WorkerSlot) {
    try {
      slot.worker = this.#begin(slot)
    } catch (error) {
      this.#options.log.error(`worker ${slot.name} cannot be started; it is tried again`, { error })
      this.#restart(slot)
    }
  }

  readonly #lost = (error: unknown) => this.#options.log.error('a worker was lost sight of', { error })
}

const newSlot = (name: string): WorkerSlot => ({
  ...{ name, worker: undefined, next: undefined, failures: 0, startedAt: 0 },
  served: Promise.withResolvers(),
})

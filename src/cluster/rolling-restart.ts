import type { Logger } from '../telemetry/logger.ts'
import { type WorkerPool, DRAIN_MS } from './worker-pool.ts'
import { WorkerRegistry, type Plan } from './worker-registry.ts'
import { probePort } from './port.ts'
import type { ReloadReport } from '../config/problem.ts'

export type RollingRestartOptions = {
  command: string[]
  plan: Plan
  /** Reads the configuration again: the new plan, or the problems with it. */
  load(inForce: Plan): Plan | readonly string[]
  log: Logger
  reopenLogs(): void
}

/** Between not being ready and refusing connections. */
const NOTICE_MS = 1_000
/** Workers that never served have nothing to finish. */
export const ABANDON_MS = 3_000

type FailedStart = (reason: string, isRefused: boolean) => void

export class RollingRestart {
  readonly #options: RollingRestartOptions
  readonly #registry: WorkerRegistry
  readonly #pools = new Set<WorkerPool>()
  readonly #ending = Promise.withResolvers<string>()
  #inForce: Plan
  #port: number
  #current: WorkerPool | undefined
  #isEnding = false
  #turn = Promise.resolve()

  constructor(options: RollingRestartOptions) {
    this.#options = options
    this.#registry = new WorkerRegistry(options)
    this.#inForce = options.plan
    this.#port = options.plan.port
  }

  begin(port: number, onFailedStart: FailedStart): WorkerPool {
    this.#port = port
    this.#current = this.#start({ ...this.#inForce, port }, onFailedStart)
    return this.#current
  }

  /** Reopens log files at once, and reads the configuration after any earlier reload. */
  reload(): void {
    if (this.#isEnding) return
    this.#options.reopenLogs()
    this.#registry.reopenLogs()
    const failed = (error: unknown) => this.#options.log.error('a reload could not be told', { error })
    this.#turn = this.#turn.then(() => this.#reload()).catch(failed)
  }

  async announceEnd(): Promise<void> {
    this.#isEnding = true
    this.#ending.resolve('the service ends')
    this.#registry.tellLeaving()
    await Bun.sleep(NOTICE_MS)
  }

  async end(deadlineMs: number): Promise<void> {
    this.#isEnding = true
    this.#ending.resolve('the service ends')
    await Promise.all([...this.#pools].map((pool) => this.#drain(pool, deadlineMs)))
  }

  kill(): void {
    for (const pool of this.#pools) pool.kill()
  }

  #start(plan: Plan, onFailedStart: FailedStart): WorkerPool {
    const pool = this.#registry.begin(plan, onFailedStart)
    this.#pools.add(pool)
    return pool
  }

  async #drain(pool: WorkerPool, deadlineMs: number) {
    await pool.drain(deadlineMs)
    this.#pools.delete(pool)
  }

  async #reload() {
    const { log } = this.#options
    const { outcome, problems } = await this.#reloaded().catch((error: unknown) =>
      failed(error instanceof Error ? error.message : String(error)),
    )
    this.#registry.tellReload({ at: Date.now(), outcome, problems })
    for (const problem of problems) log.error(`configuration: ${problem}`)
    log[problems.length > 0 ? 'error' : 'info'](`configuration read anew: ${outcome}`)
  }

  async #reloaded(): Promise<Pick<ReloadReport, 'outcome' | 'problems'>> {
    if (this.#isEnding) return failed('the service ends')
    const next = this.#options.load(this.#inForce)
    if (!('config' in next)) return { outcome: 'refused', problems: next }
    if (next.config === this.#inForce.config) return { outcome: 'unchanged', problems: [] }
    const reason = await this.#roll(next)
    return reason === undefined ? { outcome: 'rolled', problems: [] } : failed(reason)
  }

  /** All new workers are ready before the old ones stop together, so a viewer reconnects once. */
  async #roll(plan: Plan): Promise<string | undefined> {
    const isMoved = plan.port !== this.#inForce.port || plan.host !== this.#inForce.host
    const port = isMoved ? await probePort(plan) : this.#port
    const early = Promise.withResolvers<string>()
    const pool = this.#start({ ...plan, port }, early.resolve)
    const reason = await Promise.race([pool.ready.then(() => undefined), early.promise, this.#ending.promise])
    if (reason !== undefined) {
      await this.#drain(pool, ABANDON_MS)
      return reason
    }
    const old = this.#current
    this.#current = pool
    this.#inForce = plan
    this.#port = port
    if (old) this.#drain(old, DRAIN_MS).catch((error: unknown) => this.#options.log.error('the old workers did not end', { error }))
    return undefined
  }
}

const failed = (reason: string) => ({ outcome: 'failed' as const, problems: [reason] })

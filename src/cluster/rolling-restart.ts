import type { Logger } from '../telemetry/logger.ts'
import { type WorkerPool, DRAIN_MS } from './worker-pool.ts'
import { WorkerRegistry, type Plan } from './worker-registry.ts'
import { probePort } from './port.ts'
import type { ReloadReport } from '../config/problem.ts'

export type RollingRestartOptions = {
  /** Starts a worker. */
  command: string[]
  plan: Plan
  /** Reads the configuration anew: what workers are to do then, or what is wrong with it as a successor of the one in force. */
  load(inForce: Plan): Plan | readonly string[]
  log: Logger
  reopenLogs(): void
}

/** Between being not ready and taking no more connections. */
const NOTICE_MS = 1_000
/** What never served has nothing to finish. */
export const ABANDON_MS = 3_000

type FailedStart = (reason: string, isRefused: boolean) => void

/** The generation of workers that serves, and the one that is to follow it. */
export class RollingRestart {
  readonly #options: RollingRestartOptions
  readonly #registry: WorkerRegistry
  readonly #pools = new Set<WorkerPool>()
  readonly #ending = Promise.withResolvers<string>()
  /** What was asked for; the port in it may be 0. */
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

  /** Starts the first generation on a port that was found free. */
  begin(port: number, onFailedStart: FailedStart): WorkerPool {
    this.#port = port
    this.#current = this.#start({ ...this.#inForce, port }, onFailedStart)
    return this.#current
  }

  /** Log files are opened anew at once; the configuration is read when an earlier reload is over. */
  reload(): void {
    if (this.#isEnding) return
    this.#options.reopenLogs()
    this.#registry.reopenLogs()
    this.#turn = this.#turn.then(() => this.#reload())
  }

  /** Says that nobody is ready any more, and serves on for a moment, so that balancers send their requests elsewhere. */
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

  /** Ends every worker where it stands. */
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

  /** A whole new generation serves before the old one stops, all of it at once: so a viewer moves once. */
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

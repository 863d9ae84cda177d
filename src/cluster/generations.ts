import type { Logger } from '../telemetry/logger.ts'
import { type Crew, DRAIN_MS } from './crew.ts'
import { Fleet, type Plan } from './fleet.ts'
import { probePort } from './port.ts'
import type { ReloadReport } from '../config/problem.ts'

export type GenerationsOptions = {
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
export class Generations {
  readonly #options: GenerationsOptions
  readonly #fleet: Fleet
  readonly #crews = new Set<Crew>()
  readonly #ending = Promise.withResolvers<string>()
  /** What was asked for; the port in it may be 0. */
  #inForce: Plan
  #port: number
  #current: Crew | undefined
  #isEnding = false
  #turn = Promise.resolve()

  constructor(options: GenerationsOptions) {
    this.#options = options
    this.#fleet = new Fleet(options)
    this.#inForce = options.plan
    this.#port = options.plan.port
  }

  /** Starts the first generation on a port that was found free. */
  begin(port: number, onFailedStart: FailedStart): Crew {
    this.#port = port
    this.#current = this.#start({ ...this.#inForce, port }, onFailedStart)
    return this.#current
  }

  /** Log files are opened anew at once; the configuration is read when an earlier reload is over. */
  reload(): void {
    if (this.#isEnding) return
    this.#options.reopenLogs()
    this.#fleet.reopenLogs()
    this.#turn = this.#turn.then(() => this.#reload())
  }

  /** Says that nobody is ready any more, and serves on for a moment, so that balancers send their requests elsewhere. */
  async announceEnd(): Promise<void> {
    this.#isEnding = true
    this.#ending.resolve('the service ends')
    this.#fleet.tellLeaving()
    await Bun.sleep(NOTICE_MS)
  }

  async end(deadlineMs: number): Promise<void> {
    this.#isEnding = true
    this.#ending.resolve('the service ends')
    await Promise.all([...this.#crews].map((crew) => this.#drain(crew, deadlineMs)))
  }

  /** Ends every worker where it stands. */
  kill(): void {
    for (const crew of this.#crews) crew.kill()
  }

  #start(plan: Plan, onFailedStart: FailedStart): Crew {
    const crew = this.#fleet.begin(plan, onFailedStart)
    this.#crews.add(crew)
    return crew
  }

  async #drain(crew: Crew, deadlineMs: number) {
    await crew.drain(deadlineMs)
    this.#crews.delete(crew)
  }

  async #reload() {
    const { log } = this.#options
    const { outcome, problems } = await this.#reloaded().catch((error: unknown) =>
      failed(error instanceof Error ? error.message : String(error)),
    )
    this.#fleet.tellReload({ at: Date.now(), outcome, problems })
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
    const crew = this.#start({ ...plan, port }, early.resolve)
    const reason = await Promise.race([crew.ready.then(() => undefined), early.promise, this.#ending.promise])
    if (reason !== undefined) {
      await this.#drain(crew, ABANDON_MS)
      return reason
    }
    const old = this.#current
    this.#current = crew
    this.#inForce = plan
    this.#port = port
    if (old) this.#drain(old, DRAIN_MS).catch((error: unknown) => this.#options.log.error('the old workers did not end', { error }))
    return undefined
  }
}

const failed = (reason: string) => ({ outcome: 'failed' as const, problems: [reason] })

import type { Bus } from '../bus/bus.ts'
import { PROJECTS_LOG } from '../domain/events/names.ts'
import type { Registry } from '../domain/registry/project-registry.ts'
import { type EventLog, LogUnavailableError, type Position } from '../event-log/event-log.ts'
import { compareHeads } from './compare-heads.ts'
import type { OutageBook } from './outages.ts'
import type { Projections } from './projections.ts'

type Deps = {
  eventLog: EventLog
  bus: Bus
  projections: Projections
  outages: OutageBook
  /** Tells the registry what the configuration says: after its first reading, and again when its log is another one. */
  tellRegistry?(registry: Registry): Promise<void>
  onError(error: unknown): void
}

/** One head a second tells whether the log is there, and still the same one. */
const PULSE_MS = 1_000
/** All heads, so that a lost announcement is found; at every pulse while announcements cannot come. */
const HEADS_EVERY_PULSES = 5
const WHILE_AWAY_MS = 500

/** Finds what was not announced, and whether log and bus are there. */
export class HeadCheck {
  readonly #deps: Deps
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #pulses = 0
  #lookedAt = 0
  #toldEpoch: string | undefined
  #isDone = false
  #isClosed = false

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** True once every project that can be reached was read. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Looks at all heads now, one look at a time: what is asked during one is answered by the next. Rejects with what the engine is not to blame for. */
  run(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#look().finally(() => (this.#running = undefined))
      return this.#running
    }
    const again = () => {
      this.#next = undefined
      return this.run()
    }
    this.#next ??= this.#running.then(again, again)
    return this.#next
  }

  /** Something was seen that an absent log, or another one, would explain. */
  suspect(): void {
    const isRecent = performance.now() - this.#lookedAt < WHILE_AWAY_MS
    if (!this.#isClosed && !this.#running && !isRecent) this.run().catch(this.#deps.onError)
  }

  /** Looks again and again from now on. */
  start(): void {
    if (this.#isClosed) return
    const { outages, onError } = this.#deps
    const delayMs = outages.current().log ? WHILE_AWAY_MS : PULSE_MS
    this.#timer = setTimeout(
      () =>
        void this.#pulse()
          .catch(onError)
          .finally(() => this.start()),
      delayMs,
    )
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #pulse() {
    const { bus, outages } = this.#deps
    const isBusUp = bus.isUp()
    if (!isBusUp) outages.setBus(false)
    const isDue = ++this.#pulses % HEADS_EVERY_PULSES === 0
    if (isDue || Object.keys(outages.current()).length > 0 || (await this.#isRegistryElsewhere())) await this.run()
    if (isBusUp) outages.setBus(true)
  }

  async #isRegistryElsewhere(): Promise<boolean> {
    const { eventLog, projections } = this.#deps
    try {
      const { epoch, offset } = await eventLog.head(PROJECTS_LOG)
      const known = projections.registryPosition
      return known?.epoch !== epoch || known.offset < offset
    } catch (error) {
      if (error instanceof LogUnavailableError) return true
      throw error
    }
  }

  async #look() {
    this.#lookedAt = performance.now()
    const { eventLog, projections, outages, onError } = this.#deps
    try {
      const heads = await eventLog.heads()
      await this.#catchUpRegistry(heads)
      const unreachable = await compareHeads({ projections, eventLog, onError }, heads)
      outages.setUnreachable(unreachable)
      this.#isDone = true
      outages.setLog(true)
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      outages.setLog(false)
    }
  }

  /** Where the registry's server alone is away, what is known of it stands. */
  async #catchUpRegistry(heads: ReadonlyMap<string, Position>) {
    const { projections, tellRegistry } = this.#deps
    try {
      const registry = await projections.catchUpRegistry()
      const epoch = projections.registryPosition?.epoch
      if (epoch === this.#toldEpoch) return
      await tellRegistry?.(registry)
      await projections.catchUpRegistry()
      this.#toldEpoch = epoch
    } catch (error) {
      const isKnown = projections.registryPosition !== undefined && !heads.has(PROJECTS_LOG)
      if (!(error instanceof LogUnavailableError && isKnown)) throw error
    }
  }
}

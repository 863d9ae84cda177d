import type { Bus } from '../bus/bus.ts'
import { isOwnLog, PROJECTS_LOG } from '../domain/events/names.ts'
import type { Registry } from '../domain/registry/project-registry.ts'
import { type EventLog, LogUnavailableError, type Position } from '../event-log/event-log.ts'
import type { OutageBook } from './outages.ts'
import type { Projections } from './projections.ts'
import { forEachConcurrently } from './for-each-concurrently.ts'

type Deps = {
  eventLog: EventLog
  bus: Bus
  projections: Projections
  outages: OutageBook
  /** Called after the first read of the registry, and again when its epoch changed. */
  tellRegistry?(registry: Registry): Promise<void>
  onError(error: unknown): void
}

const PULSE_MS = 1_000
const HEADS_EVERY_PULSES = 5
const WHILE_AWAY_MS = 500

/** Finds events that were stored but not announced, and outages of log and bus. */
export class GapDetector {
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

  get isDone(): boolean {
    return this.#isDone
  }

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

  suspect(): void {
    const isRecent = performance.now() - this.#lookedAt < WHILE_AWAY_MS
    if (!this.#isClosed && !this.#running && !isRecent) this.run().catch(this.#deps.onError)
  }

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
    if (!isBusUp) outages.set('bus', false)
    const isDue = ++this.#pulses % HEADS_EVERY_PULSES === 0
    if (isDue || Object.keys(outages.current()).length > 0 || (await this.#isRegistryElsewhere())) await this.run()
    if (isBusUp) outages.set('bus', true)
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
      outages.set('log', true)
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      outages.set('log', false)
    }
  }

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

type CompareDeps = Pick<Deps, 'eventLog' | 'projections' | 'onError'>

const AT_ONCE = 16
const ON_ITS_WAY_MS = 50
/** Projects without a head are probed in batches; one failure marks all of them as unreachable. */
const PROBED_AT_ONCE = 64

/** Reads every project that is behind its head; returns the unreachable ones. Rejects with LogUnavailableError when all of them are. */
export async function compareHeads(deps: CompareDeps, heads: ReadonlyMap<string, Position>): Promise<Set<string>> {
  const { projections } = deps
  const isAway = new Set<string>()
  const behind = [...heads].filter(([name, head]) => !isOwnLog(name) && isBehind(projections, name, head))
  if (behind.length > 0) await Bun.sleep(ON_ITS_WAY_MS)
  const still = behind.filter(([name, head]) => isBehind(projections, name, head)).map(([name]) => name)
  await readAll(deps, watchedFirst(projections, still), isAway)
  if (isAway.size > 0 && isAway.size === still.length) await deps.eventLog.heads()
  for (const name of await withoutHead(deps, heads)) isAway.add(name)
  return isAway
}

function isBehind(projections: Projections, name: string, head: Position): boolean {
  const known = projections.summary(name)
  return known?.epoch !== head.epoch || known.offset < head.offset
}

function watchedFirst(projections: Projections, names: readonly string[]): string[] {
  const isLoaded = (name: string) => projections.loaded(name) !== undefined
  return [...names.filter(isLoaded), ...names.filter((name) => !isLoaded(name))]
}

async function readAll({ projections, onError }: CompareDeps, names: Iterable<string>, isAway: Set<string>): Promise<void> {
  await forEachConcurrently(names, AT_ONCE, async (name) => {
    try {
      await projections.fresh(name)
    } catch (error) {
      if (error instanceof LogUnavailableError) isAway.add(name)
      else onError(error)
    }
  })
}

/** Projects with events but no head: either their server is away, which is returned, or the log was replaced. */
async function withoutHead(deps: CompareDeps, heads: ReadonlyMap<string, Position>): Promise<Set<string>> {
  const missing = expected(deps.projections).filter((name) => !heads.has(name))
  const isAway = new Set<string>()
  for (let from = 0; from < missing.length && isAway.size === 0; from += PROBED_AT_ONCE) {
    await readAll(deps, missing.slice(from, from + PROBED_AT_ONCE), isAway)
  }
  return isAway.size === 0 ? isAway : new Set(expected(deps.projections).filter((name) => !heads.has(name)))
}

function expected(projections: Projections): string[] {
  const withEvents = [...projections.summaries()].filter(({ offset }) => offset > 0).map(({ project }) => project.name)
  const unread = [...projections.registry.projects.values()].filter(({ name }) => !projections.summary(name)).map(({ name }) => name)
  return [...withEvents, ...unread]
}

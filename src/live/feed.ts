import { LogUnavailableError } from '../event-log/event-log.ts'
import { withField } from './frame.ts'
import type { Watch, Watched } from './hub.ts'
import type { LivePage, PageNews } from './live-page.ts'
import type { ProjectChange, Projections } from '../projection/projections.ts'
import type { Tracing } from '../telemetry/tracing.ts'

type Deps = {
  projections: Projections
  /** Reads what a page needs. The page starts when the returned function is called, with the state of that moment. */
  openPage(topic: string, told: PageNews): Promise<() => LivePage>
  hold?(project: string): () => void
  unanswered?(topic: string): void
  broadcast(topic: string, frame: string): void
  tracing: Tracing
  onError(error: unknown): void
}

/** The minimum between two flushes of a page; the first change after a pause is sent at once. */
const FLUSH_MS = 25
/** Rendering runs this long at a stretch and then rests three times as long, so that reports come first under load. */
const STRETCH_MS = 12
const REST_FACTOR = 3
const CAUSE_LIMIT = 33

/** Turns changes into frames. Each watched page is rendered once per flush for all its viewers. */
export class Feed implements Watched {
  readonly #deps: Deps
  /** By topic. A page that is still being read is here already, so that it is read once. */
  readonly #pages = new Map<string, Promise<LivePage>>()
  readonly #ready = new Map<string, LivePage>()
  readonly #holds = new Map<string, (() => void) | undefined>()
  readonly #made = new Map<string, string | undefined>()
  readonly #topics = new Map<string | undefined, Set<string>>()
  readonly #dirty = new Map<string, string[]>()
  readonly #turns = openTurns()
  #timer: ReturnType<typeof setTimeout> | undefined
  #restsUntil = 0

  constructor(deps: Deps) {
    this.#deps = deps
    deps.projections.onChange((change) => this.#take(change))
  }

  /** Returns the first frame; undefined while the log is away and holds what the viewer needs. */
  async open({ topic, since, made }: Watch): Promise<string | undefined> {
    try {
      const page = await this.#pageOf(topic)
      if (page.project !== undefined && page.isBehind(since)) await this.#deps.projections.fresh(page.project)
      // Synchronous from here to the first frame, so that nothing is broadcast in between.
      await this.#turns.next()
      const madeNow = page.made?.()
      const frame = page.resume(made === undefined || made === madeNow ? since : undefined)
      return madeNow === undefined ? frame : withField(frame, 'made', madeNow)
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      this.#deps.unanswered?.(topic)
      return undefined
    }
  }

  current(topic: string): string | undefined {
    const page = this.#ready.get(topic)
    const causes = this.#dirty.get(topic)
    if (causes) {
      this.#dirty.delete(topic)
      this.#flushPage(topic, causes)
    }
    return page?.resume(page.position())
  }

  left(topic: string): void {
    const page = this.#ready.get(topic)
    const topics = this.#topics.get(page?.project)
    topics?.delete(topic)
    if (topics?.size === 0) this.#topics.delete(page?.project)
    this.#pages.delete(topic)
    this.#ready.delete(topic)
    this.#made.delete(topic)
    this.#dirty.delete(topic)
    page?.close?.()
    this.#holds.get(topic)?.()
    this.#holds.delete(topic)
  }

  touch(): void {
    for (const topic of this.#ready.keys()) this.#mark(topic)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #pageOf(topic: string): Promise<LivePage> {
    const known = this.#pages.get(topic)
    if (known) return known
    // The page may have been closed and opened again while it was read.
    const isOurs = () => this.#pages.get(topic) === opened
    const opened = this.#openPage(topic, isOurs)
    this.#pages.set(topic, opened)
    opened.catch(() => isOurs() && this.#pages.delete(topic))
    return opened
  }

  async #openPage(topic: string, isOurs: () => boolean): Promise<LivePage> {
    const { openPage, unanswered, onError } = this.#deps
    const begin = await openPage(topic, {
      stir: () => isOurs() && this.#mark(topic),
      failed: (error) => isOurs() && (error instanceof LogUnavailableError ? unanswered?.(topic) : onError(error)),
    })
    // Synchronous from here, so that no change falls between the page's state and its first notification.
    const page = begin()
    if (!isOurs()) {
      page.close?.()
      return page
    }
    this.#ready.set(topic, page)
    if (page.project !== undefined) this.#holds.set(topic, this.#deps.hold?.(page.project))
    this.#made.set(topic, page.made?.())
    const topics = this.#topics.get(page.project) ?? new Set()
    this.#topics.set(page.project, topics.add(topic))
    return page
  }

  #take(change: ProjectChange) {
    for (const topic of [change.project.name, undefined].flatMap((name) => [...(this.#topics.get(name) ?? [])])) {
      try {
        if (this.#ready.get(topic)?.take(change)) this.#mark(topic)
      } catch (error) {
        // One failing page must not stop the others.
        this.#deps.onError(error)
      }
    }
  }

  #mark(topic: string) {
    const causes = this.#dirty.get(topic) ?? []
    const cause = this.#deps.tracing.cause()
    if (cause !== undefined && causes.length < CAUSE_LIMIT) causes.push(cause)
    this.#dirty.set(topic, causes)
    this.#flushSoon()
  }

  #flushSoon() {
    this.#timer ??= setTimeout(() => this.#flush(), Math.max(0, this.#restsUntil - performance.now()))
  }

  #flush() {
    const beganAt = performance.now()
    let renderedMs = 0
    for (const [topic, causes] of this.#dirty) {
      this.#dirty.delete(topic)
      renderedMs += this.#flushPage(topic, causes)
      if (performance.now() - beganAt > STRETCH_MS) break
    }
    this.#restsUntil = Math.max(beganAt + FLUSH_MS, performance.now() + REST_FACTOR * renderedMs)
    this.#timer = undefined
    if (this.#dirty.size > 0) this.#flushSoon()
  }

  #flushPage(topic: string, causes: readonly string[]): number {
    const beganAt = performance.now()
    let renderedAt = beganAt
    try {
      this.#deps.tracing.follow(causes, { name: 'flush', attributes: { 'visualizer.reports': causes.length } }, (span) => {
        const page = this.#ready.get(topic)
        const frame = page?.flush()
        renderedAt = performance.now()
        span.set({ 'visualizer.frame.length': frame?.length ?? 0 })
        if (page && frame !== undefined) this.#deps.broadcast(topic, this.#withMade(topic, page, frame))
      })
    } catch (error) {
      this.#deps.onError(error)
    }
    return renderedAt - beganAt
  }

  /** After a frame of another epoch, all viewers have what it was made from. */
  #withMade(topic: string, page: LivePage, frame: string): string {
    const made = page.made?.()
    if (made === undefined || made === this.#made.get(topic)) return frame
    this.#made.set(topic, made)
    return withField(frame, 'made', made)
  }
}

const TURN_MS = 4

/** Starts tasks in order, each in its own turn of the event loop. A task starts when `next` resolves, and must not pause. */
function openTurns(stretchMs = TURN_MS) {
  const waiting: (() => void)[] = []
  let isRunning = false

  async function run() {
    while (waiting.length > 0) {
      const beganAt = performance.now()
      while (waiting.length > 0 && performance.now() - beganAt < stretchMs) {
        waiting.shift()?.()
        // Lets the task that was started finish its microtasks.
        for (let step = 0; step < 8; step += 1) await Promise.resolve()
      }
      await new Promise(setImmediate)
    }
    isRunning = false
  }

  return {
    next: (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve)
        if (isRunning) return
        isRunning = true
        run().catch(resolve)
      }),
  }
}

import type { Announcement } from '../bus/bus.ts'
import { type EventLog, LogUnavailableError } from '../event-log/event-log.ts'
import type { Fold, Followed } from './folds.ts'
import { advance, catchUpToHead } from './catch-up.ts'
import { openSnapshots } from './snapshots.ts'

export type FollowerDeps<S extends { offset: number }> = {
  eventLog: EventLog
  project: string
  fold: Fold<S>
  /** Called once per applied batch; `before` is undefined after a load and after a changed epoch. */
  changed(change: { before: Followed<S> | undefined; after: Followed<S> }): void
  onError(error: unknown): void
}

/** Announcements of two workers may overtake each other by about one flush of the bus. */
const OVERTAKEN_MS = 25
const EARLY_LIMIT = 100
const RETRY_MS = 1_000

/** Follows one project's log: applies announcements in order, and reads from the log what was not announced. */
export class Follower<S extends { offset: number }> {
  readonly #deps: FollowerDeps<S>
  readonly #saved: ReturnType<typeof openSnapshots<S>>
  #loaded: Followed<S> | undefined
  #catching: Promise<Followed<S>> | undefined
  /** The read that follows the one in progress. */
  #next: Promise<Followed<S>> | undefined
  readonly #announced = { offset: 0 }
  #early: Announcement[] = []
  #isOtherLog = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(deps: FollowerDeps<S>) {
    this.#deps = deps
    this.#saved = openSnapshots(deps)
  }

  get current(): Followed<S> | undefined {
    return this.#loaded
  }

  deliver(announcement: Announcement): void {
    this.#announced.offset = Math.max(this.#announced.offset, announcement.offset)
    if (this.#catching) return
    if (!this.#loaded || announcement.epoch !== this.#loaded.epoch) {
      this.#isOtherLog = true
      return this.#heal(0)
    }
    const isApplied = this.#applyNext(announcement)
    const isUntold = !isApplied && announcement.events.length === 0
    if (!isApplied && !isUntold) this.#early.push(announcement)
    if (isApplied) this.#applyEarly()
    if (isUntold || this.#early.length > EARLY_LIMIT) return this.#heal(0)
    if (!isApplied) this.#heal(OVERTAKEN_MS)
  }

  catchUp(): Promise<Followed<S>> {
    if (!this.#catching) return this.#beginReading()
    // A read in progress may have seen an older head than its caller needs, so all callers meanwhile share one more read.
    const again = () => {
      this.#next = undefined
      return this.#beginReading()
    }
    this.#next ??= this.#catching.then(again, again)
    return this.#next
  }

  unload(): void {
    if (!this.#catching) this.#loaded = undefined
  }

  async saveSnapshot(near = 1): Promise<void> {
    if (this.#loaded) await this.#saved.save(this.#loaded, near)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #beginReading(): Promise<Followed<S>> {
    this.#early = []
    this.#isOtherLog = false
    this.#catching ??= this.#catchUpToHead().finally(() => {
      this.#catching = undefined
      if (this.#loaded && this.#loaded.state.offset < this.#announced.offset) this.#heal(0)
      this.#saveIfDue()
    })
    return this.#catching
  }

  async #catchUpToHead(): Promise<Followed<S>> {
    const known = this.#loaded
    const { before, after, begunAt } = await catchUpToHead(this.#deps, { known, announced: this.#announced })
    this.#loaded = after
    if (begunAt !== undefined) this.#saved.beganAt(begunAt)
    if (before !== after) this.#deps.changed({ before, after })
    return after
  }

  #saveIfDue() {
    if (this.#loaded) this.#saved.saveIfDue(this.#loaded).catch(this.#deps.onError)
  }

  #applyNext(announcement: Announcement): boolean {
    const before = this.#loaded
    if (!before || announcement.epoch !== before.epoch) return false
    const { offset } = before.state
    if (announcement.offset <= offset) return true
    const events = announcement.events.filter((event) => event.offset > offset)
    if (events[0]?.offset !== offset + 1) return false
    this.#loaded = advance(this.#deps.fold, before, events)
    this.#deps.changed({ before, after: this.#loaded })
    return true
  }

  #applyEarly() {
    this.#early = this.#early.toSorted((one, other) => one.offset - other.offset).filter((waiting) => !this.#applyNext(waiting))
    if (this.#timer && !this.#isOtherLog) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      if (this.#isBehind()) this.#heal(OVERTAKEN_MS)
    }
    this.#saveIfDue()
  }

  /** Reads in the background. While the log is away this does nothing: the gap detector reads once it is back. */
  #heal(delayMs: number) {
    if (this.#timer || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (!this.#isBehind()) return
      this.catchUp().catch((error: unknown) => {
        this.#deps.onError(error)
        if (!(error instanceof LogUnavailableError)) this.#heal(RETRY_MS)
      })
    }, delayMs)
  }

  #isBehind(): boolean {
    return !this.#loaded || this.#isOtherLog || this.#early.length > 0 || this.#loaded.state.offset < this.#announced.offset
  }
}

import type { Announcement } from '../bus/bus.ts'
import { type EventLog, LogUnavailableError } from '../event-log/event-log.ts'
import { advance, readToHead } from './read-to-head.ts'
import { openSavedStates } from './saved-states.ts'
import type { Fold, Followed } from './folds.ts'

export type FollowerDeps<S extends { offset: number }> = {
  eventLog: EventLog
  project: string
  fold: Fold<S>
  /** Called in order, once per applied batch; `before` is undefined after a load and after a changed epoch. */
  changed(change: { before: Followed<S> | undefined; after: Followed<S> }): void
  onError(error: unknown): void
}

/** Announcements of two workers may overtake each other by about one flush. */
const OVERTAKEN_MS = 25
const EARLY_LIMIT = 100
const RETRY_MS = 1_000

/** Follows one project's log: applies what is announced in order, once, and reads what was not announced. */
export class Follower<S extends { offset: number }> {
  readonly #deps: FollowerDeps<S>
  readonly #saved: ReturnType<typeof openSavedStates<S>>
  #loaded: Followed<S> | undefined
  #catching: Promise<Followed<S>> | undefined
  /** The reading after the one under way. */
  #next: Promise<Followed<S>> | undefined
  /** The highest offset that was announced. */
  readonly #announced = { offset: 0 }
  /** Announcements that overtook others. */
  #early: Announcement[] = []
  /** Something was announced of an epoch that is not the state's. */
  #isOtherLog = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(deps: FollowerDeps<S>) {
    this.#deps = deps
    this.#saved = openSavedStates(deps)
  }

  /** The state, when it is in memory. */
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
    // Too large for the bus: nothing will come that could fill this hole.
    const isUntold = !isApplied && announcement.events.length === 0
    if (!isApplied && !isUntold) this.#early.push(announcement)
    if (isApplied) this.#applyEarly()
    if (isUntold || this.#early.length > EARLY_LIMIT) return this.#heal(0)
    if (!isApplied) this.#heal(OVERTAKEN_MS)
  }

  /** Reads what the log holds beyond the state; afterwards the state contains everything that was in the log at the call. */
  catchUp(): Promise<Followed<S>> {
    if (!this.#catching) return this.#beginReading()
    // A reading under way may have seen the head before what its caller knows to be stored: one more follows, for all who ask meanwhile.
    const again = () => {
      this.#next = undefined
      return this.#beginReading()
    }
    this.#next ??= this.#catching.then(again, again)
    return this.#next
  }

  /** Forgets the state; the next use reads it back. */
  unload(): void {
    if (!this.#catching) this.#loaded = undefined
  }

  /** Saves the state, unless one is saved that is nearer than so many events. */
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
    this.#catching ??= this.#readToHead().finally(() => {
      this.#catching = undefined
      if (this.#loaded && this.#loaded.state.offset < this.#announced.offset) this.#heal(0)
      this.#saveIfDue()
    })
    return this.#catching
  }

  async #readToHead(): Promise<Followed<S>> {
    const known = this.#loaded
    const { before, after, begunAt } = await readToHead(this.#deps, { known, announced: this.#announced })
    this.#loaded = after
    if (begunAt !== undefined) this.#saved.beganAt(begunAt)
    if (before !== after) this.#deps.changed({ before, after })
    return after
  }

  #saveIfDue() {
    if (this.#loaded) this.#saved.saveIfDue(this.#loaded).catch(this.#deps.onError)
  }

  /** False when something before the announcement is missing. */
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

  /** What waited for what just came. A hole that is left is another one, and gets a flush of its own. */
  #applyEarly() {
    this.#early = this.#early.toSorted((one, other) => one.offset - other.offset).filter((waiting) => !this.#applyNext(waiting))
    if (this.#timer && !this.#isOtherLog) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      if (this.#isBehind()) this.#heal(OVERTAKEN_MS)
    }
    this.#saveIfDue()
  }

  /** Heals in the background. While the log is away nobody asks it once a project: the head check finds what is missing. */
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

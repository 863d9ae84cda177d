import type { Announcement } from '../bus/bus.ts'
import type { StoredEvent } from '../domain/event.ts'
import type { EventLog } from '../event-log/event-log.ts'
import { shortEvent } from './short-event.ts'

/** How one log becomes a state. States carry the last offset that they contain. */
export type Fold<S extends { offset: number }> = {
  version: number
  empty(): S
  apply(state: S, events: readonly StoredEvent[]): S
  encode(state: S): string
  decode(text: string): S
}

/** A state, the epoch its offsets belong to, and the newest events that went into it, oldest first and shortened. */
export type Followed<S> = { epoch: string; state: S; recent: readonly StoredEvent[] }

export type FollowerDeps<S extends { offset: number }> = {
  eventLog: EventLog
  project: string
  fold: Fold<S>
  /** Called in order, once per applied batch; `before` is undefined after a load and after a changed epoch. */
  changed(change: { before: Followed<S> | undefined; after: Followed<S> }): void
  onError(error: unknown): void
}

const PAGE = 1_000
export const RECENT_EVENTS = 50
/** A state is saved once this many events were folded since the last save, so that a start folds no more than that. */
const SNAPSHOT_EVERY = 1_000
/** Announcements of two workers may overtake each other by about one flush. */
const OVERTAKEN_MS = 25
const EARLY_LIMIT = 100
const RETRY_MS = 1_000

/** Follows one project's log: applies what is announced in order, once, and reads what was not announced. */
export class Follower<S extends { offset: number }> {
  readonly #deps: FollowerDeps<S>
  #loaded: Followed<S> | undefined
  #catching: Promise<Followed<S>> | undefined
  /** The reading after the one under way. */
  #next: Promise<Followed<S>> | undefined
  /** The highest offset that was announced. */
  #wanted = 0
  /** Announcements that overtook others. */
  #early: Announcement[] = []
  /** Something was announced of an epoch that is not the state's. */
  #isOtherLog = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #snapshotAt = 0
  #isClosed = false

  constructor(deps: FollowerDeps<S>) {
    this.#deps = deps
  }

  /** The state, when it is in memory. */
  get current(): Followed<S> | undefined {
    return this.#loaded
  }

  deliver(announcement: Announcement): void {
    this.#wanted = Math.max(this.#wanted, announcement.offset)
    if (this.#catching) return
    if (!this.#loaded || announcement.epoch !== this.#loaded.epoch) {
      this.#isOtherLog = true
      return this.#heal(0)
    }
    if (!this.#applyNext(announcement)) {
      this.#early.push(announcement)
      return this.#heal(this.#early.length > EARLY_LIMIT ? 0 : OVERTAKEN_MS)
    }
    this.#early = this.#early.toSorted((one, other) => one.offset - other.offset).filter((waiting) => !this.#applyNext(waiting))
    this.#saveIfDue()
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

  #beginReading(): Promise<Followed<S>> {
    this.#early = []
    this.#isOtherLog = false
    this.#catching ??= this.#readToHead().finally(() => {
      this.#catching = undefined
      if (this.#loaded && this.#loaded.state.offset < this.#wanted) this.#heal(0)
      this.#saveIfDue()
    })
    return this.#catching
  }

  /** Forgets the state; the next use reads it back. */
  unload(): void {
    if (!this.#catching) this.#loaded = undefined
  }

  async saveSnapshot(): Promise<void> {
    if (!this.#loaded || this.#loaded.state.offset === this.#snapshotAt) return
    const { eventLog, project, fold } = this.#deps
    const { epoch, state } = this.#loaded
    this.#snapshotAt = state.offset
    await eventLog.saveSnapshot({ project, epoch, foldVersion: fold.version, offset: state.offset, body: fold.encode(state) })
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #saveIfDue() {
    if (!this.#loaded || this.#loaded.state.offset - this.#snapshotAt < SNAPSHOT_EVERY) return
    this.saveSnapshot().catch(this.#deps.onError)
  }

  #advance(current: Followed<S>, events: readonly StoredEvent[]): Followed<S> {
    const state = this.#deps.fold.apply(current.state, events)
    return {
      epoch: current.epoch,
      state,
      recent: [...current.recent, ...events.slice(-RECENT_EVENTS).map(shortEvent)].slice(-RECENT_EVENTS),
    }
  }

  /** False when something before the announcement is missing. */
  #applyNext(announcement: Announcement): boolean {
    const before = this.#loaded
    if (!before || announcement.epoch !== before.epoch) return false
    const { offset } = before.state
    const events = announcement.events.filter((event) => event.offset > offset)
    const first = events[0]
    if (!first) return true
    if (first.offset !== offset + 1) return false
    this.#loaded = this.#advance(before, events)
    this.#deps.changed({ before, after: this.#loaded })
    return true
  }

  /** Heals in the background; while the log is away, tries again until it is back. */
  #heal(delayMs: number) {
    if (this.#timer || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (!this.#isBehind()) return
      this.catchUp().catch((error: unknown) => {
        this.#deps.onError(error)
        this.#heal(RETRY_MS)
      })
    }, delayMs)
  }

  #isBehind(): boolean {
    return !this.#loaded || this.#isOtherLog || this.#early.length > 0 || this.#loaded.state.offset < this.#wanted
  }

  async #readToHead(): Promise<Followed<S>> {
    const { eventLog, project, changed } = this.#deps
    let before = this.#loaded
    let current = before ?? (await this.#fromSnapshot((await eventLog.head(project)).epoch))
    for (;;) {
      const asked = this.#wanted
      const page = await eventLog.read(project, { after: current.state.offset, limit: PAGE })
      // What is announced is stored: beyond the head it was another log's, and nothing to wait for.
      if (this.#wanted === asked) this.#wanted = Math.min(asked, page.head)
      const isSameLog = page.epoch === current.epoch && page.head >= current.state.offset
      if (!isSameLog) {
        before = undefined
        this.#wanted = page.head
        current = await this.#fromSnapshot(page.epoch)
        continue
      }
      if (page.events.length > 0) current = this.#advance(current, page.events)
      if (page.events.length === 0 || current.state.offset >= Math.max(page.head, this.#wanted)) break
    }
    this.#loaded = current
    if (before !== current) changed({ before, after: current })
    return current
  }

  async #fromSnapshot(epoch: string): Promise<Followed<S>> {
    const { eventLog, project, fold } = this.#deps
    const saved = await eventLog.snapshot({ project, epoch, foldVersion: fold.version })
    const state = saved ? fold.decode(saved.body) : fold.empty()
    this.#snapshotAt = state.offset
    if (state.offset === 0) return { epoch, state, recent: [] }
    const { events } = await eventLog.read(project, { after: Math.max(0, state.offset - RECENT_EVENTS), upTo: state.offset, limit: PAGE })
    return { epoch, state, recent: events.map(shortEvent) }
  }
}

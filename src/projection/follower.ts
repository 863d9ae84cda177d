import type { Announcement } from '../bus/bus.ts'
import type { StoredEvent } from '../domain/event.ts'
import type { EventLog } from '../event-log/event-log.ts'

/** How one log becomes a state. States carry the last offset that they contain. */
export type Fold<S extends { offset: number }> = {
  version: number
  empty(): S
  apply(state: S, events: readonly StoredEvent[]): S
  encode(state: S): string
  decode(text: string): S
}

/** A state, the epoch its offsets belong to, and the newest events that went into it, oldest first. */
export type Followed<S> = { epoch: string; state: S; recent: readonly StoredEvent[] }

export type FollowerDeps<S extends { offset: number }> = {
  eventLog: EventLog
  project: string
  fold: Fold<S>
  /** Called in order, once per applied batch; `before` is undefined after a load and after a changed epoch. */
  changed(change: { before: Followed<S> | undefined; after: Followed<S> }): void
  onError(error: unknown): void
}

export type Follower<S> = {
  deliver(announcement: Announcement): void
  /** Reads what the log holds beyond the state; afterwards the state contains everything up to the head. */
  catchUp(): Promise<Followed<S>>
  /** The state, when it is in memory. */
  current(): Followed<S> | undefined
  /** Forgets the state; the next use reads it back. */
  unload(): void
  saveSnapshot(): Promise<void>
  close(): void
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
export function openFollower<S extends { offset: number }>(deps: FollowerDeps<S>): Follower<S> {
  const { eventLog, project, fold } = deps
  let loaded: Followed<S> | undefined
  let catching: Promise<Followed<S>> | undefined
  let wanted = 0
  let early: Announcement[] = []
  let isOtherLog = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let snapshotAt = 0
  let isClosed = false

  function advance(current: Followed<S>, events: readonly StoredEvent[]): Followed<S> {
    const state = fold.apply(current.state, events)
    return { epoch: current.epoch, state, recent: [...current.recent, ...events].slice(-RECENT_EVENTS) }
  }

  async function fromSnapshot(epoch: string): Promise<Followed<S>> {
    const saved = await eventLog.snapshot({ project, epoch, foldVersion: fold.version })
    const state = saved ? fold.decode(saved.body) : fold.empty()
    snapshotAt = state.offset
    if (state.offset === 0) return { epoch, state, recent: [] }
    const { events } = await eventLog.read(project, { after: Math.max(0, state.offset - RECENT_EVENTS), upTo: state.offset, limit: PAGE })
    return { epoch, state, recent: events }
  }

  async function readToHead(): Promise<Followed<S>> {
    let before = loaded
    let current = loaded ?? (await fromSnapshot((await eventLog.head(project)).epoch))
    for (;;) {
      const page = await eventLog.read(project, { after: current.state.offset, limit: PAGE })
      const isSameLog = page.epoch === current.epoch && page.head >= current.state.offset
      if (!isSameLog) {
        before = undefined
        wanted = page.head
        current = await fromSnapshot(page.epoch)
        continue
      }
      if (page.events.length > 0) current = advance(current, page.events)
      if (page.events.length === 0 || current.state.offset >= Math.max(page.head, wanted)) break
    }
    loaded = current
    if (before !== current) deps.changed({ before, after: current })
    return current
  }

  function catchUp(): Promise<Followed<S>> {
    early = []
    isOtherLog = false
    catching ??= readToHead().finally(() => {
      catching = undefined
      if (loaded && loaded.state.offset < wanted) heal(0)
      if (loaded && loaded.state.offset - snapshotAt >= SNAPSHOT_EVERY) void saveSnapshot().catch(deps.onError)
    })
    return catching
  }

  /** Heals in the background; while the log is away, tries again until it is back. */
  function heal(delayMs: number) {
    if (timer || isClosed) return
    timer = setTimeout(() => {
      timer = undefined
      if (loaded && !isOtherLog && early.length === 0 && loaded.state.offset >= wanted) return
      catchUp().catch((error: unknown) => {
        deps.onError(error)
        heal(RETRY_MS)
      })
    }, delayMs)
  }

  function applyNext(announcement: Announcement): boolean {
    if (!loaded || announcement.epoch !== loaded.epoch) return false
    const { offset } = loaded.state
    const events = announcement.events.filter((event) => event.offset > offset)
    const first = events[0]
    if (!first) return true
    if (first.offset !== offset + 1) return false
    const before = loaded
    loaded = advance(before, events)
    deps.changed({ before, after: loaded })
    return true
  }

  function deliver(announcement: Announcement) {
    wanted = Math.max(wanted, announcement.offset)
    if (catching) return
    if (!loaded || announcement.epoch !== loaded.epoch) {
      isOtherLog = true
      return heal(0)
    }
    if (applyNext(announcement)) {
      early = early.toSorted((one, other) => one.offset - other.offset).filter((waiting) => !applyNext(waiting))
      if (loaded.state.offset - snapshotAt >= SNAPSHOT_EVERY) void saveSnapshot().catch(deps.onError)
      return
    }
    early.push(announcement)
    heal(early.length > EARLY_LIMIT ? 0 : OVERTAKEN_MS)
  }

  async function saveSnapshot() {
    if (!loaded || loaded.state.offset === snapshotAt) return
    const { epoch, state } = loaded
    snapshotAt = state.offset
    await eventLog.saveSnapshot({ project, epoch, foldVersion: fold.version, offset: state.offset, body: fold.encode(state) })
  }

  return {
    deliver,
    catchUp,
    current: () => loaded,
    unload() {
      if (!catching) loaded = undefined
    },
    saveSnapshot,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

import type { NewEvent, StoredEvent } from '../domain/events/event.ts'
import type { Traced } from '../telemetry/tracing.ts'

/** Where a project's log ends: `offset` counts from 1 without holes as long as `epoch` stays; 0 is an empty log. */
export type Position = { epoch: string; offset: number }

export type Appended = {
  /** The head after the append. */
  position: Position
  /** What was new, numbered; what was known already is not here. */
  appended: StoredEvent[]
  duplicates: number
}

/** Events that one append takes at most. */
export const APPEND_LIMIT = 1_000

/** Events that one read returns at most. */
export const READ_LIMIT = 1_000

/** The newest snapshot saved of so many offsets is kept: folding the rest of a span takes some milliseconds. */
export const SNAPSHOT_SPAN = 10_000

export type ReadRange = {
  /** Exclusive: 0 reads from the beginning. */
  after: number
  /** Inclusive; to the head when absent. */
  upTo?: number
  /** Events at most; bounded by READ_LIMIT. A page of large events is shorter, but never empty before the end of the range. */
  limit: number
  /** A page ends early beyond this many characters of JSON; beyond the engine's own bound when absent. */
  characters?: number
}

export type Page = {
  epoch: string
  /** The first offset that is still there; head + 1 where there is none. */
  first: number
  head: number
  events: StoredEvent[]
}

export type SnapshotKey = { project: string; epoch: string; foldVersion: number }
export type Snapshot = SnapshotKey & { offset: number; body: string }

/**
 * What happened, per project, durable and numbered. An append is atomic: all events of it or none, with one offset
 * after the other. An id that the project's log holds already is a duplicate, whatever its content. A promise that
 * resolved means on disk. Every method rejects with LogUnavailableError while the engine cannot answer.
 */
export type EventLog = {
  /** APPEND_LIMIT events at most: more is a RangeError. */
  append(project: string, events: readonly NewEvent[]): Promise<Appended>
  read(project: string, range: ReadRange): Promise<Page>
  head(project: string): Promise<Position>
  /**
   * Heads of all projects that hold at least one event, or had some before a trim. On an engine of several servers those whose
   * server is away are left out; it rejects when none answers.
   */
  heads(): Promise<Map<string, Position>>
  /** The newest snapshot at or before an offset (the head when absent) for this epoch and fold version. */
  snapshot(key: SnapshotKey, atOrBefore?: number): Promise<Snapshot | undefined>
  /** Keeps the newest saved of every SNAPSHOT_SPAN offsets; what another fold version or epoch left of the project goes. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The last offset received at or before an instant (ms since 1970); the one before the first that is left where there is none. */
  offsetAt(project: string, at: number): Promise<number>
  /** What the engine's own clock says (ms since 1970); undefined where it has none but this machine's. */
  time(): Promise<number | undefined>
  /**
   * Removes the events up to and including `beginning.offset`, and their ids with them, and keeps `beginning` as that which the
   * log now begins with: it is log, no cache, and stays whatever epoch or fold version follows. Does nothing when the log begins
   * there or later already, ends before, or has another epoch. A long trim goes in steps, each of which leaves a whole log.
   */
  trim(beginning: Snapshot): Promise<void>
  /** What the log of a project begins with, where it was trimmed. */
  beginning(project: string): Promise<Snapshot | undefined>
  /**
   * Forgets a project: its events, their ids, its snapshots and its beginning. Its name has no head then; what is stored under it
   * later is numbered from 1, under an epoch that it never had. Does nothing where there is no event.
   */
  purge(project: string): Promise<void>
  /** Stores something and takes it back: rejects where an append would be refused now, and leaves nothing behind. */
  tryAppend(): Promise<void>
  /** What an operator should know of the engine's settings, one sentence each. Rejects while the engine cannot answer. */
  check(): Promise<string[]>
  /** Finishes what was asked before; afterwards every method rejects. */
  close(): Promise<void>
}

/** What can be asked of a log that is looked at, and not changed. */
export type LogReader = Pick<EventLog, 'read' | 'head' | 'snapshot' | 'offsetAt' | 'beginning' | 'close'>

/**
 * The engine is away, full or read-only. An append may have been stored all the same, where only its answer was lost: the caller
 * sends it again, and by its ids it counts once.
 */
export class LogUnavailableError extends Error {
  override name = 'LogUnavailableError'
}

/** The engine cannot be used as it is; the message names it and the next step. The program ends with exit code 2. */
export class UnusableLogError extends Error {
  override name = 'UnusableLogError'
}

/** Tells of every call of a log: what it was and what engine answered it, neither statements nor keys. */
export function tracedEventLog(log: EventLog, { tracing, system }: Traced): EventLog {
  const ask = <T>(operation: string, run: () => Promise<T>) =>
    tracing.span({ name: operation, kind: 'client', attributes: { 'db.system.name': system, 'db.operation.name': operation } }, run)
  return {
    append: (project, events) =>
      tracing.span({ name: 'append', attributes: { 'db.system.name': system, 'visualizer.events': events.length } }, async (span) => {
        const stored = await log.append(project, events)
        span.set({ 'visualizer.appended': stored.appended.length, 'visualizer.duplicates': stored.duplicates })
        return stored
      }),
    read: (project, range) => ask('read', () => log.read(project, range)),
    head: (project) => ask('head', () => log.head(project)),
    heads: () => ask('heads', () => log.heads()),
    snapshot: (key, atOrBefore) => ask('snapshot', () => log.snapshot(key, atOrBefore)),
    saveSnapshot: (snapshot) => ask('save snapshot', () => log.saveSnapshot(snapshot)),
    offsetAt: (project, at) => ask('offset at', () => log.offsetAt(project, at)),
    time: () => ask('time', () => log.time()),
    trim: (beginning) => ask('trim', () => log.trim(beginning)),
    beginning: (project) => ask('beginning', () => log.beginning(project)),
    purge: (project) => ask('purge', () => log.purge(project)),
    tryAppend: () => ask('try append', () => log.tryAppend()),
    check: () => ask('check', () => log.check()),
    close: () => log.close(),
  }
}

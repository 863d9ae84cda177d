import type { NewEvent, StoredEvent } from '../domain/events/event.ts'
import type { Traced } from '../telemetry/tracing.ts'

/** A log's head: `offset` counts from 1 without holes within an `epoch`; 0 is an empty log. */
export type Position = { epoch: string; offset: number }

export type Appended = {
  position: Position
  appended: StoredEvent[]
  duplicates: number
}

/** In events, like READ_LIMIT. */
export const APPEND_LIMIT = 1_000
export const READ_LIMIT = 1_000
/** Of every so many offsets the newest snapshot is kept. */
export const SNAPSHOT_SPAN = 10_000

export type ReadRange = {
  /** Exclusive; `upTo` is inclusive, and the head by default. */
  after: number
  upTo?: number
  /** READ_LIMIT at most. Large events make a page shorter, but never empty before the end. */
  limit: number
  /** Of JSON, per page; default: the engine's own bound. */
  characters?: number
}

export type Page = {
  epoch: string
  /** The first offset still there; head + 1 without any. */
  first: number
  head: number
  events: StoredEvent[]
}

export type SnapshotKey = { project: string; epoch: string; foldVersion: number }
export type Snapshot = SnapshotKey & { offset: number; body: string }

/** The events of each project, durable and numbered. Every method rejects with LogUnavailableError while the engine is away. */
export type EventLog = {
  /** Atomic, and on disk when it resolves. Known ids are duplicates; more than APPEND_LIMIT events are a RangeError. */
  append(project: string, events: readonly NewEvent[]): Promise<Appended>
  read(project: string, range: ReadRange): Promise<Page>
  head(project: string): Promise<Position>
  /** Of projects with events, now or before a trim. Servers that are away are left out; rejects when none answers. */
  heads(): Promise<Map<string, Position>>
  /** The newest at or before an offset; default: the head. */
  snapshot(key: SnapshotKey, atOrBefore?: number): Promise<Snapshot | undefined>
  /** Replaces the snapshot of the same span, and those of other epochs or fold versions. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  /** The last offset received at or before an instant (ms since 1970). */
  offsetAt(project: string, at: number): Promise<number>
  /** The engine's clock (ms since 1970); undefined where it uses this machine's. */
  time(): Promise<number | undefined>
  /** Removes events up to `beginning.offset` and keeps `beginning` as the log's start; does nothing for another epoch, or backwards. */
  trim(beginning: Snapshot): Promise<void>
  /** What a trimmed log begins with. */
  beginning(project: string): Promise<Snapshot | undefined>
  /** Removes all of a project. Later events are numbered from 1, in a new epoch. */
  purge(project: string): Promise<void>
  /** Rejects where an append would be refused now; leaves nothing behind. */
  tryAppend(): Promise<void>
  /** Warnings about the engine's settings, one sentence each. */
  check(): Promise<string[]>
  /** Finishes pending calls; then every method rejects. */
  close(): Promise<void>
}

export type EventReads = Pick<EventLog, 'read' | 'head' | 'offsetAt'>

export type LogReader = Pick<EventLog, 'read' | 'head' | 'snapshot' | 'offsetAt' | 'beginning' | 'close'>

/** The engine is away, full or read-only. An append may have been stored: sent again with the same ids, it counts once. */
export class LogUnavailableError extends Error {
  override name = 'LogUnavailableError'
}

/** The engine cannot be used; the message says what to do. The program ends with exit code 2. */
export class UnusableLogError extends Error {
  override name = 'UnusableLogError'
}

/** Traces every call with the engine's name, without statements or keys. */
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

import type { Traced } from '../telemetry/tracing.ts'
import { encodePart } from '../redis/keys.ts'

/** The parts of a key, such as `['lease', 'orchestrator', 'main']`: each may hold any text, and no two keys can collide. */
export type Key = readonly [string, ...string[]]

/**
 * Small things that all workers of a deployment share and that may be lost: leases, health, presence, counters. What must
 * not be lost belongs in the event log. Every method rejects with StoreUnavailableError while the engine cannot answer.
 */
export type KeyValue = {
  get(key: Key): Promise<string | undefined>
  /** Without `ttlMs` it stays until deleted. */
  set(key: Key, value: string, options?: { ttlMs?: number }): Promise<void>
  delete(key: Key): Promise<void>
  /** Adds to a counter that begins at 0 and ends `ttlMs` after it began; resolves with the sum. */
  increment(key: Key, by: number, ttlMs: number): Promise<number>
  /** Sets a value when the present one is the expected one (undefined: when there is none); false when it is not. */
  compareAndSet(key: Key, change: { expected: string | undefined; value: string; ttlMs?: number }): Promise<boolean>
  /**
   * Takes leases that nobody holds and extends the owner's own; tells of each, in order, whether the owner holds it now.
   * One call for many: a worker may hold thousands.
   */
  acquire(keys: readonly Key[], owner: string, ttlMs: number): Promise<boolean[]>
  /** Gives up those that are the owner's. */
  release(keys: readonly Key[], owner: string): Promise<void>
  close(): Promise<void>
}

/** The engine is away; what was asked may or may not have happened. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'
}

/** The same of the small shared things. */
export function tracedKeyValue(store: KeyValue, { tracing, system }: Traced): KeyValue {
  const ask = <T>(operation: string, run: () => Promise<T>) =>
    tracing.span({ name: operation, kind: 'client', attributes: { 'db.system.name': system, 'db.operation.name': operation } }, run)
  return {
    get: (key) => ask('get', () => store.get(key)),
    set: (key, value, options) => ask('set', () => store.set(key, value, options)),
    delete: (key) => ask('delete', () => store.delete(key)),
    increment: (key, by, ttlMs) => ask('increment', () => store.increment(key, by, ttlMs)),
    compareAndSet: (key, change) => ask('compare and set', () => store.compareAndSet(key, change)),
    acquire: (keys, owner, ttlMs) => ask('acquire', () => store.acquire(keys, owner, ttlMs)),
    release: (keys, owner) => ask('release', () => store.release(keys, owner)),
    close: () => store.close(),
  }
}

const PREFIX = 'visualizer'

/** A key as an engine stores it: `visualizer:lease:orchestrator:main`. No two keys can collide, whatever their parts hold. */
export function keyText(key: Key): string {
  return [PREFIX, ...key.map(encodePart)].join(':')
}

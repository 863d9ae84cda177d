import type { Traced } from '../telemetry/tracing.ts'
import { encodePart } from '../redis/keys.ts'

/** Parts of a key, such as `['lease', 'orchestrator', 'main']`; keys never collide. */
export type Key = readonly [string, ...string[]]

/** Small shared values that may be lost: leases, health, counters. Rejects with StoreUnavailableError while the engine is away. */
export type KeyValue = {
  get(key: Key): Promise<string | undefined>
  set(key: Key, value: string, options?: { ttlMs?: number }): Promise<void>
  delete(key: Key): Promise<void>
  /** Adds to a counter that ends `ttlMs` after its start; resolves with the sum. */
  increment(key: Key, by: number, ttlMs: number): Promise<number>
  /** Sets a value if the present one is the expected one (undefined: none). */
  compareAndSet(key: Key, change: { expected: string | undefined; value: string; ttlMs?: number }): Promise<boolean>
  /** Takes free leases and extends the owner's; tells of each whether the owner holds it. */
  acquire(keys: readonly Key[], owner: string, ttlMs: number): Promise<boolean[]>
  release(keys: readonly Key[], owner: string): Promise<void>
  close(): Promise<void>
}

/** The engine is away; the call may have taken effect. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError'
}

/** Traces every call. */
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

/** A key as engines store it: `visualizer:lease:orchestrator:main`. */
export function keyText(key: Key): string {
  return [PREFIX, ...key.map(encodePart)].join(':')
}

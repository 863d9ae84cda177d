import { createHash } from 'node:crypto'
import { RefusedError } from '../../domain/refused.ts'
import { type KeyValue, StoreUnavailableError } from '../../key-value/key-value.ts'

type Deps = {
  keyValue: KeyValue
  /** How long events are kept, and their ids with them, in days; 0 is for good. */
  keptDays: number
  /** Another one after each purge of the name: what was bound in a former life is forgotten with it. */
  lifeOf(project: string): number
}

/** Binds a key of a project to the body that it came with first; refuses it with another. */
export type BindKey = (project: string, key: string, body: string) => Promise<void>

const DAY_MS = 86_400_000

/**
 * An Idempotency-Key gives the events of a request their ids, so that another body under the same key would count as known, and be lost
 * without a word: it is refused instead, as long as events are kept. While the store is away nobody can tell; the ids still keep a
 * repetition from counting twice.
 */
export function openIdempotencyKeys({ keyValue, keptDays, lifeOf }: Deps): BindKey {
  const options = keptDays === 0 ? {} : { ttlMs: keptDays * DAY_MS }
  return async (project, key, body) => {
    const place = ['idempotency', project, String(lifeOf(project)), key] as const
    const value = createHash('sha256').update(body).digest('base64')
    try {
      if (await keyValue.compareAndSet([...place], { expected: undefined, value, ...options })) return
      const known = await keyValue.get([...place])
      if (known === undefined || known === value) return
    } catch (error) {
      if (error instanceof StoreUnavailableError) return
      throw error
    }
    const message = 'This Idempotency-Key came with another body before; nothing was stored. Send each body under a key of its own.'
    throw new RefusedError('IDEMPOTENCY_KEY_REUSED', message, { field: 'Idempotency-Key' })
  }
}

import { createHash } from 'node:crypto'
import { RefusedError } from '../../domain/refused.ts'
import { type KeyValue, StoreUnavailableError } from '../../key-value/key-value.ts'

type Deps = {
  keyValue: KeyValue
  keptDays: number
  lifeOf(project: string): number
  onError(error: unknown): void
}

export type BindKey = (project: string, key: string, body: string) => Promise<void>

const DAY_MS = 86_400_000

/** Refuses a key that came with a different body before, whose events would be lost as duplicates. A store that cannot tell refuses nothing. */
export function openIdempotencyKeys({ keyValue, keptDays, lifeOf, onError }: Deps): BindKey {
  const options = keptDays === 0 ? {} : { ttlMs: keptDays * DAY_MS }
  return async (project, key, body) => {
    const place = ['idempotency', project, String(lifeOf(project)), key] as const
    const value = createHash('sha256').update(body).digest('base64')
    try {
      if (await keyValue.compareAndSet([...place], { expected: undefined, value, ...options })) return
      const known = await keyValue.get([...place])
      if (known === undefined || known === value) return
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) onError(error)
      return
    }
    const message = 'This Idempotency-Key came with another body before; nothing was stored. Send each body under a key of its own.'
    throw new RefusedError('IDEMPOTENCY_KEY_REUSED', message, { field: 'Idempotency-Key' })
  }
}

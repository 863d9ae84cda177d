import { hashOf } from './signing.ts'
import type { KeyValue } from '../key-value/key-value.ts'
import type { AuditEntry } from './audit.ts'

type Deps = { keyValue: KeyValue; note(entry: AuditEntry): void }

const TRIES = 5

/**
 * Notes once for a whole fleet that settings are others than at the last start, by their digests: `configuration` and `policy`.
 * The digests are one-way, for settings hold secrets.
 */
export async function tellChanges({ keyValue, note }: Deps, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(settings)) {
    const value = hashOf(text).slice(0, 12)
    for (let tries = 0; tries < TRIES; tries++) {
      const expected = await keyValue.get(['settings', name])
      if (expected === value) break
      if (!(await keyValue.compareAndSet(['settings', name], { expected, value }))) continue
      const before = expected === undefined ? {} : { before: expected }
      note({
        what: `start with ${expected === undefined ? 'its first' : 'another'} ${name}`,
        who: 'the service',
        result: 'done',
        details: { now: value, ...before },
      })
      break
    }
  }
}

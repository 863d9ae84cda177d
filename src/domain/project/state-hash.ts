import { isRecord } from '../events/loose-fields.ts'
import type { ProjectState } from './project-state.ts'
import { plainState } from './state-codec.ts'

/** The SHA-256 (hex) of the state's canonical JSON: keys in order, nothing that depends on now. Equal states have equal hashes. */
export function stateHash(state: ProjectState): string {
  return new Bun.CryptoHasher('sha256').update(canonicalJson(plainState(state))).digest('hex')
}

/** JSON with the keys of every object in order and without what is undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner))
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)))
}

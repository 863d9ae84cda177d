import type { ProjectState } from '../domain/project-state.ts'
import { encodeState } from '../domain/state-codec.ts'
import type { Followed } from './follower.ts'

type View = Followed<ProjectState>
type Deps = {
  limitBytes: number
  /** Whether something will be looked at soon: it would only be read back. */
  isDue(project: string): boolean
  evict(project: string): void
}
type Kept = { bytes: number; offset: number; measureAt: number }

/** An object in memory takes some times the bytes of its text. */
const BYTES_PER_CHARACTER = 3
/** A state is measured again after this many events; a large one, which takes longer, after more. */
const MEASURE_EVERY = 200
const CHARACTERS_PER_EVENT = 2_000

/**
 * Which states stay in memory: those that are held or due, and of the others the most recently used, as long as all of them together
 * take no more than so many bytes.
 */
export function openStateMemory({ limitBytes, isDue, evict }: Deps) {
  const kept = new Map<string, Kept>()
  /** Those that may go, the least recently used first. */
  const free = new Set<string>()
  const holds = new Map<string, number>()
  let bytes = 0

  function measure(project: string, { state, recent }: View) {
    const known = kept.get(project)
    if (known && state.offset >= known.offset && state.offset < known.measureAt) return
    const characters = encodeState(state).length + JSON.stringify(recent).length
    const measureAt = state.offset + MEASURE_EVERY + Math.ceil(characters / CHARACTERS_PER_EVENT)
    bytes += characters * BYTES_PER_CHARACTER - (known?.bytes ?? 0)
    kept.set(project, { bytes: characters * BYTES_PER_CHARACTER, offset: state.offset, measureAt })
  }

  function trim() {
    for (const project of free) {
      if (bytes <= limitBytes) return
      free.delete(project)
      bytes -= kept.get(project)?.bytes ?? 0
      kept.delete(project)
      evict(project)
    }
  }

  function place(project: string) {
    free.delete(project)
    if (!holds.has(project) && !isDue(project)) free.add(project)
  }

  return {
    /** It was read, changed or looked at. */
    used(project: string, view: View) {
      measure(project, view)
      place(project)
      trim()
    },
    /** Stays until as many let go of it. */
    hold(project: string) {
      holds.set(project, (holds.get(project) ?? 0) + 1)
      free.delete(project)
    },
    release(project: string) {
      const left = (holds.get(project) ?? 1) - 1
      if (left > 0) return void holds.set(project, left)
      holds.delete(project)
      if (kept.has(project)) place(project)
    },
  }
}

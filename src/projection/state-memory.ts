import type { ProjectState } from '../domain/project/project-state.ts'
import { encodeState } from '../domain/project/state-codec.ts'
import type { Followed } from './folds.ts'

type View = Followed<ProjectState>
type Deps = {
  limitBytes: number | undefined
  /** When a project is looked at again although nothing happens, ms since 1970. */
  nextChangeAt(project: string): number | undefined
  now(): number
  evict(project: string): void
}
type Kept = { bytes: number; offset: number; measureAt: number }

const LIMIT_BYTES = 256 * 1024 * 1024
/** What is looked at sooner than this is due: it would only be read back. */
const DUE_WITHIN_MS = 15 * 60_000
/** An object in memory takes some times the bytes of its text. */
const BYTES_PER_CHARACTER = 3
/** A state is measured again after this many events; a large one, which takes longer, after more. */
const MEASURE_EVERY = 200
const CHARACTERS_PER_EVENT = 2_000

/**
 * Which states stay in memory: those that are held or due, and of the others the most recently used, as long as all of them together
 * take no more than so many bytes.
 */
export function openStateMemory({ limitBytes = LIMIT_BYTES, nextChangeAt, now, evict }: Deps) {
  const sizes = openSizes()
  /** Those that may go, the least recently used first. */
  const free = new Set<string>()
  const holds = new Map<string, number>()

  const isDue = (project: string) => (nextChangeAt(project) ?? Infinity) - now() < DUE_WITHIN_MS

  function trim() {
    for (const project of free) {
      if (sizes.bytes() <= limitBytes) return
      free.delete(project)
      sizes.forget(project)
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
      sizes.measure(project, view)
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
      if (sizes.has(project)) place(project)
    },
  }
}

/** What states take, and all of them together: measured now and then, for it takes as long as writing one down. */
function openSizes() {
  const kept = new Map<string, Kept>()
  let bytes = 0
  return {
    bytes: () => bytes,
    has: (project: string) => kept.has(project),
    measure(project: string, { state, recent }: View) {
      const known = kept.get(project)
      if (known && state.offset >= known.offset && state.offset < known.measureAt) return
      const characters = encodeState(state).length + JSON.stringify(recent).length
      const measureAt = state.offset + MEASURE_EVERY + Math.ceil(characters / CHARACTERS_PER_EVENT)
      bytes += characters * BYTES_PER_CHARACTER - (known?.bytes ?? 0)
      kept.set(project, { bytes: characters * BYTES_PER_CHARACTER, offset: state.offset, measureAt })
    },
    forget(project: string) {
      bytes -= kept.get(project)?.bytes ?? 0
      kept.delete(project)
    },
  }
}

import type { ProjectState } from '../domain/project/project-state.ts'
import { encodeState } from '../domain/project/state-codec.ts'
import type { Followed } from './folds.ts'

type View = Followed<ProjectState>
type Deps = {
  limitBytes: number | undefined
  /** When the project's summary changes without an event (ms since 1970). */
  nextChangeAt(project: string): number | undefined
  now(): number
  evict(project: string): void
}
type MeasuredSize = { bytes: number; offset: number; measureAt: number }

const LIMIT_BYTES = 256 * 1024 * 1024
const DUE_WITHIN_MS = 15 * 60_000
const BYTES_PER_CHARACTER = 3
/** Measuring encodes the state, so it happens rarely, and more rarely for large states. */
const MEASURE_EVERY = 200
const CHARACTERS_PER_EVENT = 2_000

/** Decides which states stay in memory: those held or needed soon, and the most recently used of the rest within the byte limit. */
export function openStateMemory({ limitBytes = LIMIT_BYTES, nextChangeAt, now, evict }: Deps) {
  const sizes = openSizes()
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
    used(project: string, view: View) {
      sizes.measure(project, view)
      place(project)
      trim()
    },
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

function openSizes() {
  const kept = new Map<string, MeasuredSize>()
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

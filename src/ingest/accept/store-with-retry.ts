import { setTimeout as wait } from 'node:timers/promises'
import type { NewEvent } from '../../domain/events/event.ts'
import type { Accepted } from './accept-events.ts'
import { RefusedError } from '../../domain/refused.ts'
import { LogUnavailableError } from '../../event-log/event-log.ts'
import type { LinkCounters } from '../orchestrator/link-counters.ts'
import { LOSS_REASONS } from '../orchestrator/link-news.ts'
import { limitConcurrency } from '../concurrency-limit.ts'

export type StoreDeps = {
  accept(project: string, events: readonly NewEvent[]): Promise<Partial<Pick<Accepted, 'tooOld'>>>
  counters: LinkCounters
  onError(error: unknown): void
  signal: AbortSignal
}

const BATCH = 500
const PROJECTS_AT_ONCE = 16
const FIRST_DELAY_MS = 100
const LAST_DELAY_MS = 5_000

/** Retries while the log is away; other errors are thrown. */
export async function untilLogAnswers<T>(run: () => Promise<T>, { counters, signal }: Pick<StoreDeps, 'counters' | 'signal'>): Promise<T> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LAST_DELAY_MS)) {
    try {
      const result = await run()
      counters.storing(undefined)
      return result
    } catch (error) {
      if (!(error instanceof LogUnavailableError) || signal.aborted) throw error
      counters.storing(`cannot be stored now: ${error.message}`)
      await wait(delayMs, undefined, { signal }).catch(() => Promise.reject(error))
    }
  }
}

/** Stores each project's events in order, and waits while the log is away. What is refused is counted. */
export async function storeInOrder(events: readonly { project: string; event: NewEvent }[], deps: StoreDeps): Promise<void> {
  const place = limitConcurrency(PROJECTS_AT_ONCE)
  const byProject = Map.groupBy(events, ({ project }) => project)
  await Promise.all(
    [...byProject].map(([project, all]) => {
      const own = all.map(({ event }) => event)
      return place(() => storeProject(project, own, deps))
    }),
  )
}

async function storeProject(project: string, events: readonly NewEvent[], deps: StoreDeps) {
  for (let from = 0; from < events.length; from += BATCH) await storePart(project, events.slice(from, from + BATCH), deps)
}

async function storePart(project: string, part: readonly NewEvent[], deps: StoreDeps): Promise<void> {
  try {
    const stored = await untilLogAnswers(() => deps.accept(project, part), deps)
    deps.counters.tooOld(stored.tooOld?.length ?? 0)
  } catch (error) {
    const half = Math.ceil(part.length / 2)
    if (!(error instanceof RefusedError)) {
      deps.onError(error)
      deps.counters.missing({ reason: LOSS_REASONS.unstored, project, count: part.length })
    } else if (part.length === 1) deps.counters.refuse(`${project}: ${error.message}`, { project })
    else for (const some of [part.slice(0, half), part.slice(half)]) await storePart(project, some, deps)
  }
}

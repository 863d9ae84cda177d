import { z } from 'zod'
import type { OrchestratorConfig } from '../../config/config.ts'
import { jsonOf } from '../../domain/events/loose-fields.ts'
import type { Key } from '../../key-value/key-value.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

const Instant = z.number().min(0).max(8.64e15)
const Count = z.number().int().min(0)

const SharedHealth = z.object({
  state: z.enum(['connecting', 'connected', 'waiting', 'stopped']),
  since: Instant,
  attempts: Count,
  nextAttemptAt: Instant.optional(),
  lastFrameAt: Instant.optional(),
  framesTotal: Count,
  refused: Count,
  tooOld: Count.default(0),
  errorAnswers: Count,
  framesWaiting: Count,
  lastProblem: z.string().max(2_000).optional(),
  droppedProjects: z.array(z.object({ name: z.string().max(64), count: Count })).max(50),
})

/** Where the worker that follows an orchestrator publishes the link's health. */
export const healthKey = (orchestrator: string): Key => ['link-health', orchestrator]

type Shown = Pick<OrchestratorConfig, 'name' | 'url'>

/** Another worker's health report; undefined if unreadable. Name and address come from our configuration. */
export function readHealth(text: string, { name, url }: Shown): LinkHealth | undefined {
  const read = SharedHealth.safeParse(jsonOf(text))
  if (!read.success) return undefined
  return { nextAttemptAt: undefined, lastFrameAt: undefined, lastProblem: undefined, ...read.data, name, url: shownUrl(url) }
}

/** The health of a link that no worker follows. */
export function unowned({ name, url }: Shown, lastProblem = 'no worker follows it yet'): LinkHealth {
  const never = {
    attempts: 0,
    nextAttemptAt: undefined,
    lastFrameAt: undefined,
    framesTotal: 0,
    refused: 0,
    tooOld: 0,
    errorAnswers: 0,
    framesWaiting: 0,
  }
  return { ...never, name, url: shownUrl(url), state: 'unowned', since: Date.now(), lastProblem, droppedProjects: [] }
}

/** Removes user, password and query from a URL. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = URL.parse(url) ?? {}
  return protocol === undefined ? url : `${protocol}//${host}${pathname}`
}

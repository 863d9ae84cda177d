import type { OrchestratorConfig } from '../../src/config/config.ts'
import type { LinkTiming } from '../../src/ingest/orchestrator/link.ts'
import { openOrchestratorLink } from '../../src/ingest/orchestrator/orchestrator-link.ts'
import { endAfter } from './ending.ts'
import type { Journal } from './journal.ts'
import { type OrchestratorOptions, startOrchestrator } from './orchestrator.ts'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'

/** The same behaviour as in life, in less time. */
const QUICK: Partial<LinkTiming> = { firstDelayMs: 20, longestDelayMs: 80, stableMs: 5_000, healthMs: 5, connectMs: 2_000, rejoinMs: 1_000 }

type Options = Partial<OrchestratorConfig> & { url: string; timing?: Partial<LinkTiming> }

/** A link to an orchestrator, storing into a journal, whose health can be waited for. It ends with the test. */
export function openLinked(journal: Journal, { timing, ...orchestrator }: Options) {
  const errors: unknown[] = []
  const seen: LinkHealth[] = []
  let waiters: { until: (health: LinkHealth) => boolean; resolve: (health: LinkHealth) => void }[] = []
  const link = openOrchestratorLink({
    orchestrator: { name: 'main', projects: undefined, token: undefined, ...orchestrator },
    accept: journal.accept,
    stateOf: journal.stateOf,
    onError: (error) => void errors.push(error),
    onHealth(health) {
      seen.push(health)
      for (const { resolve } of waiters.filter(({ until }) => until(health))) resolve(health)
      waiters = waiters.filter(({ until }) => !until(health))
    },
    timing: { ...QUICK, ...timing },
  })
  endAfter('test', () => link.close())
  return {
    ...link,
    errors,
    /** Every health that was announced. */
    seen,
    until(condition: (health: LinkHealth) => boolean): Promise<LinkHealth> {
      const now = link.health()
      if (condition(now)) return Promise.resolve(now)
      return new Promise((resolve) => void waiters.push({ until: condition, resolve }))
    },
  }
}

/** An orchestrator and a link that follows it: it has asked for the state and the history, of the project alpha unless another is named. */
export async function openFollowed(journal: Journal, link: Partial<Options> = {}, options: OrchestratorOptions = {}) {
  const server = await startOrchestrator(options)
  const linked = openLinked(journal, { url: server.url, projects: ['alpha'], ...link })
  await server.until(() => server.requests().length >= 2)
  return { server, link: linked }
}

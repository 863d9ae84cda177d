import type { WebDeps } from './env.ts'
import { limitsOf } from './limits.ts'

const WARNINGS_SHOWN = 50

/** What a person should know although the service runs, one sentence each. */
export async function currentWarnings(deps: Pick<WebDeps, 'warnings' | 'links' | 'overview' | 'settings'>): Promise<string[]> {
  const links = deps.links().filter(({ state }) => state !== 'connected')
  const exceeded = limitsOf(deps).filter(({ is_exceeded }) => is_exceeded)
  return [
    ...exceeded.map(({ name, limit, used }) => `${name}: ${used} are in use, the configuration has ${limit}`),
    ...links.map(({ name, lastProblem, state }) => `orchestrator ${name}: ${lastProblem ?? state}`),
    ...(await deps.warnings()),
  ].slice(0, WARNINGS_SHOWN)
}

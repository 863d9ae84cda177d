import type { OrchestratorConfig } from '../config/config.ts'
import { type LinkDeps, openOrchestratorLink } from './orchestrator-link.ts'
import type { LinkHealth } from './link-health.ts'

/** Follows every configured orchestrator, and no other; each on its own, so that none waits for another. */
export function openOrchestratorLinks(orchestrators: readonly OrchestratorConfig[], deps: Omit<LinkDeps, 'orchestrator'>) {
  const links = orchestrators.map((orchestrator) => openOrchestratorLink({ ...deps, orchestrator }))
  return {
    health: (): LinkHealth[] => links.map((link) => link.health()),
    async close() {
      await Promise.all(links.map((link) => link.close()))
    },
  }
}

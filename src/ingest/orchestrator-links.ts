import type { LinkHealth } from './link-health.ts'
import { type LinkDeps, openOrchestratorLink } from './orchestrator-link.ts'

type Deps = Omit<LinkDeps, 'orchestrator' | 'onHealth'> & {
  orchestrators: readonly LinkDeps['orchestrator'][]
  /** Told whenever the health of any link changed. */
  onChange(): void
}

/** Follows all configured orchestrators, each on its own. */
export function openOrchestratorLinks({ orchestrators, onChange, ...deps }: Deps) {
  // Replaced, not changed: whoever shows it can tell by reference whether it is new.
  let health: readonly LinkHealth[] = []
  const links = orchestrators.map((orchestrator) => openOrchestratorLink({ ...deps, orchestrator, onHealth: refresh }))
  health = links.map((link) => link.health())

  function refresh(changed: LinkHealth) {
    health = health.map((known) => (known.name === changed.name ? changed : known))
    onChange()
  }

  return {
    health: () => health,
    close: () => Promise.all(links.map((link) => link.close())),
  }
}

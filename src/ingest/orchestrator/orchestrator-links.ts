import { type LeasedLinkDeps, LeasedLink } from './leased-link.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

type Deps = Omit<LeasedLinkDeps, 'orchestrator' | 'onHealth'> & {
  orchestrators: readonly LeasedLinkDeps['orchestrator'][]
  /** Told whenever the health of any link changed. */
  onChange(): void
}

const REFRESH_MS = 2_000

/** Follows all configured orchestrators, each on its own and by one worker of the fleet; every worker knows how all links stand. */
export function openOrchestratorLinks({ orchestrators, onChange, ...deps }: Deps) {
  // Replaced, not changed: whoever shows it can tell by reference whether it is new.
  let health: readonly LinkHealth[] = []
  const links = orchestrators.map((orchestrator) => new LeasedLink({ ...deps, orchestrator, onHealth: changed }))
  health = links.map((link) => link.health())
  let refreshing: Promise<unknown> | undefined
  const timer = setInterval(refresh, REFRESH_MS)

  function changed(next: LinkHealth) {
    health = health.map((known) => (known.name === next.name ? next : known))
    onChange()
  }

  function refresh() {
    refreshing ??= Promise.all(links.map((link) => link.refresh()))
      .catch(deps.onError)
      .finally(() => (refreshing = undefined))
  }

  return {
    health: () => health,
    /** The log of a project is another one: every orchestrator is asked for what it still knows. */
    askAgain() {
      for (const link of links) link.askAgain()
    },
    async close() {
      clearInterval(timer)
      await Promise.all(links.map((link) => link.close()))
    },
  }
}

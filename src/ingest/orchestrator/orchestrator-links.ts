import { type LeasedLinkDeps, LeasedLink } from './leased-link.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

type Deps = Omit<LeasedLinkDeps, 'orchestrator' | 'onHealth'> & {
  orchestrators: readonly LeasedLinkDeps['orchestrator'][]
  onChange(): void
}

const REFRESH_MS = 2_000

/** Follows all orchestrators, each by one worker of the fleet; every worker knows the health of all links. */
export function openOrchestratorLinks({ orchestrators, onChange, ...deps }: Deps) {
  // Replaced on change, so that readers can compare by reference.
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
    askAgain() {
      for (const link of links) link.askAgain()
    },
    async close() {
      clearInterval(timer)
      await Promise.all(links.map((link) => link.close()))
    },
  }
}

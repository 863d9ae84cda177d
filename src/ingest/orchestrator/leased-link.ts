import type { LinkHealth } from '../../domain/summary/link-health.ts'
import type { KeyValue } from '../../key-value/key-value.ts'
import type { Lease } from '../../key-value/leases.ts'
import type { LinkDeps, OrchestratorLink } from './link.ts'
import { openOrchestratorLink } from './orchestrator-link.ts'
import { healthKey, readHealth, unowned } from './shared-health.ts'

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

export type LeasedLinkDeps = LinkDeps & {
  leases: { want(lease: Lease): void }
  keyValue: Pick<KeyValue, 'get' | 'set'>
}

/** Longer than a few refreshes, shorter than the takeover of a dead owner's lease. */
const HEALTH_TTL_MS = 8_000

/** Follows an orchestrator while this worker holds its lease; otherwise it reads the link's health from the worker that does. */
export class LeasedLink {
  #health: LinkHealth
  #link: OrchestratorLink | undefined
  #turn = Promise.resolve()
  #isClosed = false
  #sharing: Promise<void> | undefined
  #isShareDue = false
  #isUnshared = false

  constructor(private readonly deps: LeasedLinkDeps) {
    const { orchestrator, leases, onError } = deps
    this.#health = unowned(orchestrator)
    const takeTurn = (step: () => Promise<void> | void) => {
      this.#turn = this.#turn.then(step).catch(onError)
    }
    leases.want({
      key: ['lease', 'orchestrator', orchestrator.name],
      taken: () => takeTurn(() => this.#open()),
      lost: () => takeTurn(() => this.#shut()),
    })
  }

  health(): LinkHealth {
    return this.#health
  }

  /** Publishes our link's health, or reads that of another worker's link. */
  async refresh() {
    if (this.#link) this.#share()
    else await this.#listen()
  }

  askAgain() {
    this.#link?.askAgain()
  }

  async close() {
    this.#isClosed = true
    await this.#turn
    await this.#shut()
    await this.#sharing
  }

  #open() {
    if (this.#isClosed) return
    const opened = openOrchestratorLink({
      ...this.deps,
      onHealth: (health) => {
        // A closed link: another worker follows now.
        if (this.#link !== opened) return
        this.#show(health)
        this.#share()
      },
    })
    this.#link = opened
    this.#show(opened.health())
  }

  async #shut() {
    const former = this.#link
    this.#link = undefined
    await former?.close()
  }

  #show(health: LinkHealth) {
    this.#health = health
    this.deps.onHealth(health)
  }

  /** One write at a time, with the latest health. */
  #share() {
    this.#isShareDue = true
    this.#sharing ??= this.#shareAll().finally(() => (this.#sharing = undefined))
  }

  async #shareAll() {
    const { keyValue, orchestrator } = this.deps
    while (this.#isShareDue) {
      this.#isShareDue = false
      const text = JSON.stringify(this.#health)
      await keyValue.set(healthKey(orchestrator.name), text, { ttlMs: HEALTH_TTL_MS }).then(
        () => (this.#isUnshared = false),
        (error: unknown) => this.#unshared(error),
      )
    }
  }

  /** Reported once per outage of the store, during which other workers show an unknown health. */
  #unshared(error: unknown) {
    if (!this.#isUnshared) this.deps.onError(error)
    this.#isUnshared = true
  }

  async #listen() {
    const { keyValue, orchestrator } = this.deps
    const told = await keyValue.get(healthKey(orchestrator.name)).then(
      (text) => {
        this.#isUnshared = false
        return (text === undefined ? undefined : readHealth(text, orchestrator)) ?? unowned(orchestrator)
      },
      (error: unknown) => {
        this.#unshared(error)
        return unowned(orchestrator, 'how it stands is not known: what the workers share is away')
      },
    )
    if (!this.#link && !this.#isClosed && !isSame(told, this.#health)) this.#show(told)
  }
}

/** An unowned link's `since` is the time of the check, so it is ignored. */
function isSame(one: LinkHealth, other: LinkHealth): boolean {
  const text = (health: LinkHealth) => JSON.stringify(health.state === 'unowned' ? { ...health, since: 0 } : health)
  return text(one) === text(other)
}

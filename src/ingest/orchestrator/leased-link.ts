import type { KeyValue } from '../../key-value/key-value.ts'
import type { Lease } from '../../key-value/leases.ts'
import type { LinkDeps, OrchestratorLink } from './link.ts'
import { openOrchestratorLink } from './orchestrator-link.ts'
import { healthKey, readHealth, unowned } from './shared-health.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

export type LeasedLinkDeps = LinkDeps & {
  /** Workers of the whole fleet share these: one of them holds the lease of each orchestrator. */
  leases: { want(lease: Lease): void }
  keyValue: Pick<KeyValue, 'get' | 'set'>
}

/** Outlives a few rounds, and not the takeover from a dead owner. */
const HEALTH_TTL_MS = 8_000

/** Follows an orchestrator while this worker holds its lease, and knows how the link stands whoever follows it. */
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

  /** Tells the others how our link stands, or hears how theirs does. */
  async refresh() {
    if (this.#link) this.#share()
    else await this.#listen()
  }

  /** The log of a project is another one: whoever follows asks again. */
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
        // Of one that was given up: another worker tells now.
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

  /** One call at a time, with what is so when it begins. */
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

  /** Told once, until the store answers again: meanwhile the others show that they do not know how the link stands. */
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

/** One that nobody follows is the same whenever it was looked at. */
function isSame(one: LinkHealth, other: LinkHealth): boolean {
  const text = (health: LinkHealth) => JSON.stringify(health.state === 'unowned' ? { ...health, since: 0 } : health)
  return text(one) === text(other)
}

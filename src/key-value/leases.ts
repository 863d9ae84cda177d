import type { Key, KeyValue } from './key-value.ts'

export type Lease = {
  key: Key
  /** False while this worker cannot do it, for instance without the folder; asked before each round. */
  canHold?(): boolean
  taken(): void
  lost(): void
}

export type Leases = {
  want(lease: Lease): void
  /** Gives up everything for the successors, without telling `lost`. */
  close(): Promise<void>
}

export type LeasesOptions = {
  keyValue: Pick<KeyValue, 'acquire' | 'release'>
  /** Unique among workers, also after a restart. */
  owner: string
  onError(error: unknown): void
  timing?: Partial<typeof LEASE_TIMING>
}

/** A dead owner's lease is free after 6 s and taken within 2.4 s more. */
const LEASE_TIMING = { ttlMs: 6_000, roundMs: 2_000, retryMs: 500, nextShareMs: 100 }

const JITTER = 0.2

/** A round takes at most this part of all leases, so that later workers get theirs. */
const SHARE = 1 / 4

type HeldLease = Lease & { /** Of `performance.now()`; undefined: not held. */ heldUntil: number | undefined }

/** Keeps many leases with one call every 2 s. By the monotonic clock a lease counts as lost before another worker can have it. */
export function openLeases(options: LeasesOptions): Leases {
  const keeper = new Keeper(options)
  return { want: (lease) => keeper.want(lease), close: () => keeper.close() }
}

class Keeper {
  #timing: typeof LEASE_TIMING
  #all: HeldLease[] = []
  #timer: LeaseTimer
  #expiry: LeaseTimer
  #running: Promise<void> | undefined
  #isClosed = false
  #isAway = false
  #hasNew = false

  constructor(private readonly options: LeasesOptions) {
    this.#timing = { ...LEASE_TIMING, ...options.timing }
  }

  want(lease: Lease) {
    this.#all.push({ ...lease, heldUntil: undefined })
    this.#hasNew = true
    if (!this.#running) this.#schedule(0)
  }

  async close() {
    this.#isClosed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#expiry)
    await this.#running
    const { keyValue, owner, onError } = this.options
    await keyValue.release(keysOf(this.#all), owner).catch(onError)
  }

  #schedule(delayMs: number) {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#running = this.#run().finally(() => (this.#running = undefined))
    }, delayMs)
  }

  async #run() {
    this.#hasNew = false
    let delayMs = this.#timing.retryMs
    try {
      delayMs = await this.#round()
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway) this.options.onError(error)
      this.#isAway = true
    }
    this.#schedule(this.#hasNew ? 0 : delayMs * (1 + JITTER * (2 * Math.random() - 1)))
  }

  async #round(): Promise<number> {
    const able = this.#all.filter(({ canHold }) => canHold?.() ?? true)
    await this.#giveUp(this.#all.filter((lease) => isHeld(lease) && !able.includes(lease)))
    await this.#ask(able.filter(isHeld))
    const open = shuffled(able.filter((lease) => !isHeld(lease)))
    const share = Math.ceil(this.#all.length * SHARE)
    let gained = 0
    for (let from = 0; from < open.length && gained < share; from += share) gained += await this.#ask(open.slice(from, from + share))
    return gained > 0 && gained < open.length ? this.#timing.nextShareMs : this.#timing.roundMs
  }

  async #giveUp(leases: readonly HeldLease[]) {
    if (leases.length === 0) return
    leases.forEach(lose)
    await this.options.keyValue.release(keysOf(leases), this.options.owner)
  }

  async #ask(leases: readonly HeldLease[]): Promise<number> {
    if (leases.length === 0 || this.#isClosed) return 0
    const { ttlMs } = this.#timing
    const until = performance.now() + ttlMs
    const answers = await this.options.keyValue.acquire(keysOf(leases), this.options.owner, ttlMs)
    let gained = 0
    for (const [index, lease] of leases.entries()) {
      // Too late: others may have the lease by now.
      const isMine = answers[index] === true && performance.now() < until
      if (isMine && !isHeld(lease)) gained += 1
      if (isMine) hold(lease, until)
      else lose(lease)
    }
    this.#armExpiry()
    return gained
  }

  #armExpiry() {
    clearTimeout(this.#expiry)
    const next = this.#all.reduce((soonest, { heldUntil = Infinity }) => Math.min(soonest, heldUntil), Infinity)
    if (next === Infinity || this.#isClosed) return
    this.#expiry = setTimeout(
      () => {
        const now = performance.now()
        for (const lease of this.#all) if ((lease.heldUntil ?? Infinity) <= now) lose(lease)
        this.#armExpiry()
      },
      Math.max(next - performance.now(), 0),
    )
  }
}

type LeaseTimer = ReturnType<typeof setTimeout> | undefined

const isHeld = ({ heldUntil }: HeldLease) => heldUntil !== undefined

function hold(lease: HeldLease, until: number) {
  const isNew = !isHeld(lease)
  lease.heldUntil = until
  if (isNew) lease.taken()
}

function lose(lease: HeldLease) {
  if (!isHeld(lease)) return
  lease.heldUntil = undefined
  lease.lost()
}

const keysOf = (leases: readonly HeldLease[]) => leases.map(({ key }) => key)

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}

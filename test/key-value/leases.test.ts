import { beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Key, type KeyValue, StoreUnavailableError } from '../../src/key-value/key-value.ts'
import { type LeasesOptions, openLeases } from '../../src/key-value/leases.ts'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

const QUICK = { ttlMs: 900, roundMs: 150, retryMs: 50, nextShareMs: 20 }

let shared: KeyValue

beforeEach(() => {
  shared = openSqliteKeyValue({ file: join(temporaryFolder(), 'shared.sqlite') })
  endAfter('test', () => shared.close())
})

/** A worker that remembers what it holds. What is given in `options` counts. */
function worker(owner: string, options: Partial<LeasesOptions> = {}) {
  const errors: unknown[] = []
  const held = new Set<string>()
  const lost: string[] = []
  const leases = openLeases({ keyValue: shared, owner, onError: (error) => errors.push(error), timing: QUICK, ...options })
  endAfter('test', () => leases.close())
  return {
    ...{ errors, held, lost, close: leases.close },
    want(name: string, canHold?: () => boolean) {
      const taken = () => void held.add(name)
      const gone = () => void (held.delete(name) && lost.push(name))
      leases.want({ key: keyOf(name), taken, lost: gone, ...(canHold && { canHold }) })
    },
  }
}

const keyOf = (name: string): Key => ['lease', 'test', name]
const names = (count: number) => Array.from({ length: count }, (_, index) => `lease-${index}`)

describe('leases', () => {
  test('have one owner each, are shared among workers that start together, and stay where they are', async () => {
    const [anna, ben] = [worker('anna'), worker('ben')]
    for (const name of names(40)) [anna, ben].forEach(({ want }) => want(name))
    await eventually(() => anna.held.size + ben.held.size === 40)
    expect(anna.held.size).toBeGreaterThanOrEqual(10)
    expect(ben.held.size).toBeGreaterThanOrEqual(10)
    // Somebody else asks for longer than a lease lasts without renewal.
    const until = performance.now() + 2 * QUICK.ttlMs
    await eventually(async () => {
      expect((await shared.acquire(names(40).map(keyOf), 'stranger', 1)).some(Boolean)).toBe(false)
      return performance.now() > until
    })
    expect([...anna.lost, ...ben.lost, ...anna.errors, ...ben.errors]).toEqual([])
  })

  test('are all taken by a worker that is alone', async () => {
    const anna = worker('anna')
    for (const name of names(300)) anna.want(name)
    await eventually(() => anna.held.size === 300)
  })

  test('are there for the next as soon as a worker closes', async () => {
    const anna = worker('anna', { timing: { ...QUICK, ttlMs: 600_000 } })
    anna.want('a')
    await eventually(() => anna.held.has('a'))
    const ben = worker('ben')
    ben.want('a')
    await anna.close()
    await eventually(() => ben.held.has('a'))
    expect(anna.lost).toEqual([])
  })

  test('are lost in time when the store does not answer, and taken again when it does; the outage is told once', async () => {
    let isAway = false
    const refused = () => Promise.reject(new StoreUnavailableError('away'))
    const keyValue = {
      ...shared,
      acquire: (...call: Parameters<KeyValue['acquire']>) => (isAway ? refused() : shared.acquire(...call)),
    }
    const anna = worker('anna', { keyValue })
    anna.want('a')
    await eventually(() => anna.held.has('a'))
    isAway = true
    // Whenever another can take it, the owner knows already that it is not the owner any more.
    await eventually(async () => (await shared.acquire([keyOf('a')], 'ben', 50))[0])
    expect(anna.lost).toEqual(['a'])
    expect(anna.errors).toHaveLength(1)
    isAway = false
    await eventually(() => anna.held.has('a'))
    expect(anna.errors).toHaveLength(1)
  })

  test('are lost in time when a call never ends', async () => {
    let isHanging = false
    const keyValue = {
      ...shared,
      acquire: (...call: Parameters<KeyValue['acquire']>) =>
        isHanging ? new Promise<boolean[]>((_, reject) => endAfter('test', () => reject(new Error('too late')))) : shared.acquire(...call),
    }
    const anna = worker('anna', { keyValue })
    anna.want('a')
    await eventually(() => anna.held.has('a'))
    isHanging = true
    await eventually(async () => (await shared.acquire([keyOf('a')], 'ben', 50))[0])
    expect(anna.lost).toEqual(['a'])
  })

  test('are given up, and not taken, by a worker that cannot do what they are for', async () => {
    let canAnna = true
    const [anna, ben] = [worker('anna'), worker('ben')]
    anna.want('a', () => canAnna)
    await eventually(() => anna.held.has('a'))
    ben.want('a')
    canAnna = false
    await eventually(() => ben.held.has('a'))
    expect(anna.lost).toEqual(['a'])
    await ben.close()
    await eventually(async () => (await shared.get(keyOf('a'))) === undefined)
    canAnna = true
    await eventually(() => anna.held.has('a'))
  })
})

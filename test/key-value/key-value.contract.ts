import { beforeEach, describe, expect, test } from 'bun:test'
import type { Key, KeyValue } from '../../src/key-value/key-value.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { RACE_KEYS, race } from './obey.ts'
import { startOther, type StorePlace } from './store-place.ts'

const ODD_PARTS = ['', ':', 'a', 'a:', ':a', '{a}', '{', '}', '%', '%3a', 'a b', 'é', '日本', '😀', 'line\nbreak', '\0', '*', "'", '"']

let place: StorePlace
let store: KeyValue

async function open(): Promise<KeyValue> {
  const opened = await place.open()
  endAfter('test', () => opened.close())
  return opened
}

/** What every implementation promises. `newPlace` is a new, empty place each time. */
export function describeKeyValue(name: string, newPlace: () => Promise<StorePlace>): void {
  describe(`${name} key-value store`, () => {
    beforeEach(async () => {
      place = await newPlace()
      store = await open()
    })

    describe('values', describeValues)
    describe('expiry', describeExpiry)
    describe('compare and set', describeRaces)
    describe('leases', describeLeases)
  })
}

function describeValues() {
  test('is read as it was set, by everybody, until it is deleted', async () => {
    const other = await open()
    expect(await store.get(['a', 'b'])).toBeUndefined()
    await store.set(['a', 'b'], 'one')
    expect(await other.get(['a', 'b'])).toBe('one')
    await other.set(['a', 'b'], 'two')
    expect(await store.get(['a', 'b'])).toBe('two')
    await store.delete(['a', 'b'])
    await store.delete(['a', 'b'])
    expect(await other.get(['a', 'b'])).toBeUndefined()
  })

  test('is any text', async () => {
    for (const text of ['', ...ODD_PARTS, '7', '{"a":[1]}', 'x'.repeat(100_000)]) {
      await store.set(['text'], text)
      expect(await store.get(['text'])).toBe(text)
    }
  })

  test('of different keys never meet, whatever the keys hold', async () => {
    const keys: Key[] = ODD_PARTS.flatMap((one): Key[] => [[one], ...ODD_PARTS.map((other): Key => [one, other])])
    await Promise.all(keys.map((key) => store.set(key, JSON.stringify(key))))
    const values = await Promise.all(keys.map((key) => store.get(key)))
    expect(values).toEqual(keys.map((key) => JSON.stringify(key)))
  })

  test('are counted, from nothing and by many at once', async () => {
    const other = await open()
    expect(await store.increment(['count'], 5, 60_000)).toBe(5)
    expect(await other.increment(['count'], -2, 60_000)).toBe(3)
    const sums = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 ? store : other).increment(['count'], 1, 60_000)))
    expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 4))
    expect(await store.get(['count'])).toBe('103')
  })

  test('cannot be reached once it is closed', async () => {
    await store.close()
    await store.close()
    const calls = [store.get(['a']), store.set(['a'], ''), store.increment(['a'], 1, 1_000), store.acquire([['a']], 'me', 1_000)]
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailableError' } })
    }
  })
}

const isGone = (key: Key) => eventually(async () => (await store.get(key)) === undefined)

function describeExpiry() {
  test('ends a value, and not one that was set anew without it', async () => {
    await store.set(['kept'], 'old', { ttlMs: 100 })
    await store.set(['kept'], 'new')
    await store.set(['brief'], 'x', { ttlMs: 100 })
    expect(await store.get(['kept'])).toBe('new')
    await isGone(['brief'])
    expect(await store.get(['kept'])).toBe('new')
  })

  test('of a counter counts from its beginning, and what follows begins at 0', async () => {
    await store.increment(['count'], 1, 1_000)
    expect(await store.increment(['count'], 1, 600_000)).toBe(2)
    await isGone(['count'])
    expect(await store.increment(['count'], 1, 600_000)).toBe(1)
  })

  test('of many values takes them all', async () => {
    const keys = Array.from({ length: 300 }, (_, index): Key => ['brief', String(index)])
    await Promise.all(keys.map((key) => store.set(key, 'x', { ttlMs: 100 })))
    for (const key of keys) await isGone(key)
    await Promise.all(keys.map((key) => store.set(key, 'again')))
    expect(await store.get(['brief', '299'])).toBe('again')
  })
}

function describeRaces() {
  test('sets only what is as expected', async () => {
    const change = (expected: string | undefined, value: string) => store.compareAndSet(['a'], { expected, value })
    expect(await change('one', 'two')).toBe(false)
    expect(await change(undefined, 'one')).toBe(true)
    expect(await change(undefined, 'other')).toBe(false)
    expect(await change('two', 'three')).toBe(false)
    expect(await change('one', 'two')).toBe(true)
    expect(await store.get(['a'])).toBe('two')
  })

  test('sees what expired as absent, and gives an expiry of its own', async () => {
    await store.set(['a'], 'old', { ttlMs: 50 })
    await isGone(['a'])
    expect(await store.compareAndSet(['a'], { expected: 'old', value: 'new' })).toBe(false)
    expect(await store.compareAndSet(['a'], { expected: undefined, value: 'new', ttlMs: 50 })).toBe(true)
    await isGone(['a'])
    await store.set(['b'], 'old', { ttlMs: 60_000 })
    expect(await store.compareAndSet(['b'], { expected: 'old', value: 'new', ttlMs: 50 })).toBe(true)
    await isGone(['b'])
  })

  test('is won by exactly one of many callers', async () => {
    const stores = [store, await open(), await open()]
    for (let round = 0; round < 10; round += 1) {
      const callers = Array.from({ length: 30 }, (_, index) =>
        stores[index % 3]?.compareAndSet(['round', String(round)], { expected: undefined, value: String(index) }),
      )
      const outcomes = await Promise.all(callers)
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await store.get(['round', String(round)])).toBe(String(outcomes.indexOf(true)))
    }
  })

  test('is won by exactly one of two programs, and none of their increments is lost', async () => {
    const others = await Promise.all([startOther(place), startOther(place)])
    const won = await Promise.all([
      race(store, 'first'),
      ...others.map(async ({ tell }, index) => Number(await tell(`race other-${index}`))),
    ])
    expect(won.reduce((sum, count) => sum + count, 0)).toBe(RACE_KEYS)
    expect(await store.get(['raced'])).toBe(String(3 * RACE_KEYS))
  })
}

function describeLeases() {
  const [a, b, c]: [Key, Key, Key] = [
    ['lease', 'a'],
    ['lease', 'b'],
    ['lease', 'c'],
  ]

  test('are taken by one owner, extended by it, and free once it gives them up', async () => {
    const other = await open()
    expect(await store.acquire([a, b], 'anna', 60_000)).toEqual([true, true])
    expect(await other.acquire([b, c], 'ben', 60_000)).toEqual([false, true])
    expect(await store.acquire([c, a, b], 'anna', 60_000)).toEqual([false, true, true])
    await other.release([a, b, c], 'ben')
    expect(await store.acquire([a, c], 'anna', 60_000)).toEqual([true, true])
    await store.release([a], 'anna')
    expect(await other.acquire([a, b], 'ben', 60_000)).toEqual([true, false])
    expect(await store.acquire([], 'anna', 60_000)).toEqual([])
  })

  test('tell everybody who has them', async () => {
    await store.acquire([a], 'anna', 60_000)
    expect(await (await open()).get(a)).toBe('anna')
  })

  test('are extended from now on, not added to', async () => {
    await store.acquire([a], 'anna', 600_000)
    await store.acquire([a], 'anna', 100)
    await eventually(async () => (await store.acquire([a], 'ben', 60_000))[0])
  })

  test('by the thousand are one call, and each has one owner', async () => {
    const keys = Array.from({ length: 2_000 }, (_, index): Key => ['lease', 'many', String(index)])
    const owners = [store, await open()]
    const taken = await Promise.all(owners.map((owner, index) => owner.acquire(keys, `owner-${index}`, 60_000)))
    expect(keys.filter((_, index) => Number(taken[0]?.[index]) + Number(taken[1]?.[index]) !== 1)).toEqual([])
    await Promise.all(owners.map((owner, index) => owner.release(keys, `owner-${index}`)))
    expect((await store.acquire(keys, 'third', 60_000)).every(Boolean)).toBe(true)
  })

  test('of a program that was killed are free after their time', async () => {
    const other = await startOther(place)
    expect(await other.tell('hold one 1500')).toBe('[true]')
    expect(await store.acquire([['held', 'one']], 'me', 60_000)).toEqual([false])
    await other.kill()
    await eventually(async () => (await store.acquire([['held', 'one']], 'me', 60_000))[0])
  })
}

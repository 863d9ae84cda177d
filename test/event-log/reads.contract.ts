import { expect, test } from 'bun:test'
import { endAfter } from '../support/ending.ts'
import { type NewPlace, openNew } from './log-place.ts'
import { event, events, ids, offsets, oneTo, readAll } from './log-events.ts'

/** What a page of events holds. */
export function describePages(place: NewPlace): void {
  test('reads ranges: after is exclusive, upTo inclusive, limit bounds', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 10))
    const range = async (after: number, limit: number, upTo?: number) =>
      offsets((await log.read('apollo', upTo === undefined ? { after, limit } : { after, limit, upTo })).events)
    expect(await range(0, 100)).toEqual(oneTo(10))
    expect(await range(3, 4)).toEqual([4, 5, 6, 7])
    expect(await range(3, 100, 5)).toEqual([4, 5])
    expect(await range(9, 100, 99)).toEqual([10])
    expect(await range(10, 100)).toEqual([])
    expect(await range(99, 100)).toEqual([])
    expect(await range(5, 100, 5)).toEqual([])
    expect(await range(0, 0)).toEqual([])
  })

  test('a page tells epoch, first offset and head', async () => {
    const log = await openNew(place)
    const { epoch } = await log.head('apollo')
    expect(await log.read('apollo', { after: 0, limit: 10 })).toEqual({ epoch, first: 1, head: 0, events: [] })
    await log.append('apollo', events('a', 3))
    expect(await log.read('apollo', { after: 2, limit: 10 })).toMatchObject({ epoch, first: 1, head: 3, events: [{ id: 'a-2' }] })
  })

  test('returns 1,000 events at most, whatever is asked', async () => {
    const log = await openNew(place)
    await Promise.all([log.append('apollo', events('a', 1_000)), log.append('apollo', events('b', 500))])
    expect((await log.read('apollo', { after: 0, limit: 5_000 })).events).toHaveLength(1_000)
    expect(offsets(await readAll(log, 'apollo'))).toEqual(oneTo(1_500))
  })

  test('a page ends early where its reader asks for few characters, and holds one event at least', async () => {
    const log = await openNew(place)
    await log.append(
      'apollo',
      Array.from({ length: 20 }, (_, n) => event(`part-${n}`, { text: 'z'.repeat(n === 10 ? 9_000 : 900) })),
    )
    const lengths: number[] = []
    for (let after = 0; after < 20; after += lengths.at(-1) ?? 20) {
      lengths.push((await log.read('apollo', { after, limit: 1_000, characters: 5_000 })).events.length)
    }
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(20)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(5)
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(1)
  })

  test('pages of large events are shorter, in order, and lose nothing', async () => {
    const log = await openNew(place)
    const large = 'y'.repeat(256 * 1024)
    await log.append(
      'apollo',
      Array.from({ length: 40 }, (_, n) => event(`large-${n}`, { large })),
    )
    const page = await log.read('apollo', { after: 0, limit: 1_000 })
    expect(page.events.length).toBeGreaterThan(0)
    expect(page.events.length).toBeLessThan(40)
    expect(page.head).toBe(40)
    const all = await readAll(log, 'apollo')
    expect(ids(all)).toEqual(Array.from({ length: 40 }, (_, n) => `large-${n}`))
    expect(all.every((stored) => 'large' in stored && stored.large === large)).toBe(true)
    await log.append('gemini', [event('huge', { text: 'z'.repeat(5_000_000) }), event('next')])
    expect(ids(await readAll(log, 'gemini'))).toEqual(['huge', 'next'])
  })
}

/** Whoever has the log open sees, and numbers, the same. */
export function describeConnections(place: NewPlace): void {
  test('what an append has answered is read at once, from every connection', async () => {
    const somewhere = await place()
    const [writer, reader] = [await somewhere.open(), await somewhere.open()]
    endAfter('test', () => writer.close())
    endAfter('test', () => reader.close())
    for (let n = 1; n <= 50; n += 1) {
      const { position } = await writer.append('apollo', [event(`e${n}`)])
      expect(await reader.head('apollo')).toEqual(position)
      expect((await reader.read('apollo', { after: n - 1, limit: 10 })).events).toMatchObject([{ id: `e${n}`, offset: n }])
    }
  })

  test('two open logs of one place number together', async () => {
    const somewhere = await place()
    const logs = [await somewhere.open(), await somewhere.open()]
    for (const log of logs) endAfter('test', () => log.close())
    await Promise.all(Array.from({ length: 200 }, async (_, n) => logs[n % 2]!.append('apollo', events(`batch-${n % 150}`, 3))))
    for (const log of logs) {
      const all = await readAll(log, 'apollo')
      expect(offsets(all)).toEqual(oneTo(450))
      expect(new Set(ids(all)).size).toBe(450)
    }
  })
}

/** Where the logs end, and where they stood at an instant. */
export function describeHeads(place: NewPlace): void {
  test('heads are those of all projects that hold an event', async () => {
    const log = await openNew(place)
    expect(await log.heads()).toEqual(new Map())
    expect((await log.head('apollo')).offset).toBe(0)
    const apollo = await log.append('apollo', events('a', 3))
    const registry = await log.append('_projects', events('p', 2))
    expect(await log.heads()).toEqual(
      new Map([
        ['apollo', apollo.position],
        ['_projects', registry.position],
      ]),
    )
  })

  test('finds the last offset received at or before an instant', async () => {
    let now = 0
    const log = await openNew(place, () => now)
    const offsetAt = (at: number) => log.offsetAt('apollo', at)
    expect(await offsetAt(1_000)).toBe(0)
    for (const at of [1_000, 2_000, 2_000, 2_000, 3_500]) {
      now = at
      await log.append('apollo', [event(`at-${crypto.randomUUID()}`)])
    }
    expect(await Promise.all([0, 999, 1_000, 1_999, 2_000, 3_499, 3_500, 1e15].map(offsetAt))).toEqual([0, 0, 1, 1, 4, 4, 5, 5])
  })
}

/** Which saved states are kept, and which one is found. */
export function describeSnapshots(place: NewPlace): void {
  test('finds the newest snapshot at or before an offset, of the same epoch and fold version only', async () => {
    const log = await openNew(place)
    for (const n of [0, 1, 2]) await Promise.all(Array.from({ length: 10 }, (_, m) => log.append('apollo', events(`${n}-${m}`, 1_000))))
    const { epoch } = await log.head('apollo')
    const key = { project: 'apollo', epoch, foldVersion: 3 }
    expect(await log.snapshot(key)).toBeUndefined()
    for (const offset of [9_000, 25_000, 19_000]) await log.saveSnapshot({ ...key, offset, body: `"at ${offset} \ud83d\ude80"` })
    expect(await log.snapshot(key)).toEqual({ ...key, offset: 25_000, body: '"at 25000 🚀"' })
    const found = async (atOrBefore: number) => (await log.snapshot(key, atOrBefore))?.offset
    expect(await Promise.all([8_999, 9_000, 18_999, 24_999, 25_000].map(found))).toEqual([undefined, 9_000, 9_000, 19_000, 25_000])
    expect(await log.snapshot({ ...key, project: 'gemini' })).toBeUndefined()
    expect(await log.snapshot({ ...key, foldVersion: 2 })).toBeUndefined()
    expect(await log.snapshot({ ...key, epoch: 'zzzzzzzz' })).toBeUndefined()
  })

  test('keeps one snapshot of every 10,000 offsets, and none of another fold version', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 100))
    await log.append('gemini', events('a', 100))
    const { epoch } = await log.head('apollo')
    const key = { project: 'apollo', epoch, foldVersion: 1 }
    const gemini = { ...key, project: 'gemini', epoch: (await log.head('gemini')).epoch, offset: 50, body: 'gemini' }
    await log.saveSnapshot(gemini)
    await log.saveSnapshot({ ...key, offset: 10, body: 'ten' })
    await log.saveSnapshot({ ...key, offset: 90, body: 'ninety' })
    await log.saveSnapshot({ ...key, offset: 90, body: 'ninety again' })
    expect(await log.snapshot(key, 89)).toBeUndefined()
    expect((await log.snapshot(key))?.body).toBe('ninety again')
    await log.saveSnapshot({ ...key, foldVersion: 2, offset: 95, body: 'newer fold' })
    expect(await log.snapshot(key)).toBeUndefined()
    expect((await log.snapshot({ ...key, foldVersion: 2 }))?.body).toBe('newer fold')
    expect(await log.snapshot(gemini)).toEqual(gemini)
  })

  test('a snapshot of another epoch is not kept, and does no harm to those that are', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 10))
    const { epoch } = await log.head('apollo')
    const ours = { project: 'apollo', epoch, foldVersion: 1, offset: 5, body: 'ours' }
    await log.saveSnapshot(ours)
    await log.saveSnapshot({ ...ours, epoch: 'zzzzzzzz', body: 'theirs' })
    expect(await log.snapshot(ours)).toEqual(ours)
  })
}

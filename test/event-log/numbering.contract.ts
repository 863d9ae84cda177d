import { expect, test } from 'bun:test'
import { endAfter } from '../support/ending.ts'
import { type NewPlace, openNew } from './log-place.ts'
import { event, events, ids, offsets, oneTo, readAll } from './log-events.ts'

/** How events are numbered: each project by itself, from 1, under an epoch that stays. */
export function describeNumbering(place: NewPlace): void {
  test('numbers the events of a project from 1 and tells what was stored', async () => {
    const log = await openNew(place, () => 1_700_000_000_000)
    const first = await log.append('apollo', [event('a', { x: 1 }), event('b')])
    const second = await log.append('apollo', [event('c')])
    expect(first.position).toEqual({ epoch: expect.stringMatching(/^[0-9a-z]{8}$/), offset: 2 })
    expect(first.appended).toEqual([
      { type: 'x-test', id: 'a', x: 1, offset: 1, received_at: 1_700_000_000_000 },
      { type: 'x-test', id: 'b', offset: 2, received_at: 1_700_000_000_000 },
    ])
    expect(second.position).toEqual({ epoch: first.position.epoch, offset: 3 })
    expect(await readAll(log, 'apollo')).toEqual([...first.appended, ...second.appended])
  })

  test('numbers each project by itself', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 3))
    const gemini = await log.append('gemini', events('a', 1))
    expect(gemini.position.offset).toBe(1)
    expect(gemini.duplicates).toBe(0)
  })

  test('answers an append of nothing with the head', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 2))
    expect(await log.append('apollo', [])).toMatchObject({ position: { offset: 2 }, appended: [], duplicates: 0 })
    expect(await log.append('nobody', [])).toMatchObject({ position: { offset: 0 } })
    expect([...(await log.heads()).keys()]).toEqual(['apollo'])
  })

  test('knows ids, epoch and numbers again after it was closed and opened', async () => {
    const somewhere = await place()
    const before = await somewhere.open()
    const { position } = await before.append('apollo', events('a', 5))
    await before.close()
    const log = await somewhere.open()
    endAfter('test', () => log.close())
    expect(await log.head('apollo')).toEqual(position)
    const again = await log.append('apollo', [...events('a', 5), event('new')])
    expect(again).toMatchObject({ position: { epoch: position.epoch, offset: 6 }, duplicates: 5 })
  })

  test('two places have two epochs', async () => {
    const [one, other] = [await openNew(place), await openNew(place)]
    expect((await one.head('apollo')).epoch).not.toBe((await other.head('apollo')).epoch)
  })
}

/** Numbers have no hole, whoever appends at once, and their times never go back. */
export function describeManyCallers(place: NewPlace): void {
  test('leaves no hole and loses nothing among 64 callers and 20 projects', async () => {
    const log = await openNew(place)
    const acknowledged = new Map<string, Map<string, number>>()
    await Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        for (let round = 0; round < 12; round += 1) {
          const project = `project-${(caller * 7 + round) % 20}`
          const size = 1 + ((caller + round) % 9)
          // Callers overlap: every third batch repeats what the neighbour sends.
          const prefix = round % 3 === 0 ? `shared-${caller >> 1}-${round}` : `${caller}-${round}`
          const { appended } = await log.append(project, events(prefix, size))
          expect(offsets(appended)).toEqual(appended.map((_stored, index) => (appended[0]?.offset ?? 0) + index))
          const known = acknowledged.get(project) ?? new Map<string, number>()
          for (const stored of appended) known.set(stored.id, stored.offset)
          acknowledged.set(project, known)
        }
      }),
    )
    expect(acknowledged.size).toBe(20)
    for (const [project, known] of acknowledged) {
      const all = await readAll(log, project)
      expect(offsets(all)).toEqual(oneTo(all.length))
      expect(new Map(all.map(({ id, offset }) => [id, offset]))).toEqual(known)
      expect(new Set(ids(all)).size).toBe(all.length)
    }
  })

  test('stamps with a clock that never goes back within a project, and that does not trust the reporter', async () => {
    let now = 5_000
    const log = await openNew(place, () => now)
    await log.append('apollo', [event('a', { received_at: 9_999_999, offset: 77 })])
    now = 3_000
    await log.append('apollo', [event('b')])
    now = 6_000
    await log.append('apollo', [event('c')])
    expect((await readAll(log, 'apollo')).map((stored) => [stored.offset, stored.received_at])).toEqual([
      [1, 5_000],
      [2, 5_000],
      [3, 6_000],
    ])
  })
}

/** An event is stored once, by its id. */
export function describeDuplicates(place: NewPlace): void {
  test('drops an id that it holds already, whatever the content', async () => {
    const log = await openNew(place)
    await log.append('apollo', [event('a', { word: 'first' }), event('b')])
    const again = await log.append('apollo', [event('a', { word: 'second' }), event('c'), event('b')])
    expect(again).toMatchObject({ position: { offset: 3 }, duplicates: 2 })
    expect(ids(again.appended)).toEqual(['c'])
    expect(await readAll(log, 'apollo')).toMatchObject([{ id: 'a', word: 'first', offset: 1 }, { id: 'b' }, { id: 'c', offset: 3 }])
  })

  test('drops an id that a batch holds twice, and keeps its first content', async () => {
    const log = await openNew(place)
    const { appended, duplicates } = await log.append('apollo', [event('a', { n: 1 }), event('a', { n: 2 }), event('b'), event('a')])
    expect(appended).toMatchObject([
      { id: 'a', n: 1, offset: 1 },
      { id: 'b', offset: 2 },
    ])
    expect(duplicates).toBe(2)
  })

  test('finds the few known events among many new ones, wherever they are', async () => {
    const log = await openNew(place)
    await log.append('apollo', [event('known-7'), event('known-23'), event('known-99')])
    const batch = Array.from({ length: 100 }, (_, n) => event([7, 23, 99].includes(n) ? `known-${n}` : `new-${n}`))
    const twice = [...batch, event('new-0'), event('last')]
    const { appended, duplicates, position } = await log.append('apollo', twice)
    expect({ duplicates, head: position.offset }).toEqual({ duplicates: 4, head: 101 })
    expect(ids(appended)).toEqual([...batch.map(({ id }) => id).filter((id) => id.startsWith('new')), 'last'])
    const all = await readAll(log, 'apollo')
    expect(all.slice(3)).toEqual(appended)
    expect(offsets(all)).toEqual(oneTo(101))
  })

  test('of several callers with the same id, exactly one stores it', async () => {
    const log = await openNew(place)
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => log.append('apollo', [event('decision', { n })])))
    expect(results.filter(({ appended }) => appended.length === 1)).toHaveLength(1)
    expect(results.filter(({ duplicates }) => duplicates === 1)).toHaveLength(39)
    expect(results.every(({ position }) => position.offset === 1)).toBe(true)
  })
}

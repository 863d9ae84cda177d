import { expect, test } from 'bun:test'
import { type EventLog, LogUnavailableError } from '../../src/event-log/event-log.ts'
import { endAfter } from '../support/ending.ts'
import { event, events, ids, type LogPlace, offsets, oneTo, readAll } from './log-place.ts'

/** Numbering, atomicity, duplicates, the clock, what may be in an event, closing. */
export function describeAppends(place: () => Promise<LogPlace>): void {
  async function openNew(clock?: () => number): Promise<EventLog> {
    const log = await (await place()).open(clock ? { clock } : {})
    endAfter('test', () => log.close())
    return log
  }

  test('tells whether an append would be stored, and leaves nothing of that', async () => {
    const log = await (await place()).open()
    await log.append('apollo', [event('a')])
    const before = await log.heads()
    await Promise.all([log.tryAppend(), log.tryAppend(), log.append('apollo', [event('b')])])
    await log.tryAppend()
    expect([...(await log.heads()).keys()]).toEqual([...before.keys()])
    expect((await log.append('apollo', [event('c')])).position.offset).toBe(3)
    await log.close()
    await expect(log.tryAppend()).rejects.toBeInstanceOf(LogUnavailableError)
  })

  test('numbers the events of a project from 1 and tells what was stored', async () => {
    const log = await openNew(() => 1_700_000_000_000)
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
    const log = await openNew()
    await log.append('apollo', events('a', 3))
    const gemini = await log.append('gemini', events('a', 1))
    expect(gemini.position.offset).toBe(1)
    expect(gemini.duplicates).toBe(0)
  })

  test('answers an append of nothing with the head', async () => {
    const log = await openNew()
    await log.append('apollo', events('a', 2))
    expect(await log.append('apollo', [])).toMatchObject({ position: { offset: 2 }, appended: [], duplicates: 0 })
    expect(await log.append('nobody', [])).toMatchObject({ position: { offset: 0 } })
    expect([...(await log.heads()).keys()]).toEqual(['apollo'])
  })

  test('drops an id that it holds already, whatever the content', async () => {
    const log = await openNew()
    await log.append('apollo', [event('a', { word: 'first' }), event('b')])
    const again = await log.append('apollo', [event('a', { word: 'second' }), event('c'), event('b')])
    expect(again).toMatchObject({ position: { offset: 3 }, duplicates: 2 })
    expect(ids(again.appended)).toEqual(['c'])
    expect(await readAll(log, 'apollo')).toMatchObject([{ id: 'a', word: 'first', offset: 1 }, { id: 'b' }, { id: 'c', offset: 3 }])
  })

  test('drops an id that a batch holds twice, and keeps its first content', async () => {
    const log = await openNew()
    const { appended, duplicates } = await log.append('apollo', [event('a', { n: 1 }), event('a', { n: 2 }), event('b'), event('a')])
    expect(appended).toMatchObject([
      { id: 'a', n: 1, offset: 1 },
      { id: 'b', offset: 2 },
    ])
    expect(duplicates).toBe(2)
  })

  test('finds the few known events among many new ones, wherever they are', async () => {
    const log = await openNew()
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
    const log = await openNew()
    const results = await Promise.all(Array.from({ length: 40 }, (_, n) => log.append('apollo', [event('decision', { n })])))
    expect(results.filter(({ appended }) => appended.length === 1)).toHaveLength(1)
    expect(results.filter(({ duplicates }) => duplicates === 1)).toHaveLength(39)
    expect(results.every(({ position }) => position.offset === 1)).toBe(true)
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
    const [one, other] = [await openNew(), await openNew()]
    expect((await one.head('apollo')).epoch).not.toBe((await other.head('apollo')).epoch)
  })

  test('leaves no hole and loses nothing among 64 callers and 20 projects', async () => {
    const log = await openNew()
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

  test('an append that cannot be stored stores none of its events and harms no other', async () => {
    const log = await openNew()
    const unstorable = [event('good'), { type: 'x-test', id: null } as unknown as ReturnType<typeof event>]
    const outcomes = await Promise.allSettled([
      log.append('apollo', [event('a')]),
      log.append('apollo', unstorable),
      log.append('gemini', [event('b')]),
      log.append('apollo', [event('c')]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(ids(await readAll(log, 'apollo'))).toEqual(['a', 'c'])
    expect(offsets(await readAll(log, 'apollo'))).toEqual([1, 2])
  })

  test('refuses more than 1,000 events at once and stores none of them', async () => {
    const log = await openNew()
    expect((await log.append('apollo', events('fits', 1_000))).position.offset).toBe(1_000)
    await expect(log.append('apollo', events('over', 1_001))).rejects.toBeInstanceOf(RangeError)
    expect((await log.head('apollo')).offset).toBe(1_000)
  })

  test('stamps with a clock that never goes back within a project, and that does not trust the reporter', async () => {
    let now = 5_000
    const log = await openNew(() => now)
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

  test('gives back exactly what was told, however odd', async () => {
    const log = await openNew()
    const odd = {
      text: 'ä ß 漢字 🚀 \u202e rtl \u2028 \ud800 lone \udfff',
      controls: '\u0000\u0001\u001b[31m\u007f\r\n\t"\\',
      numbers: [0, 1.5, -1e-300, 2 ** 53, 1e308],
      nested: { '': null, 'a.b': [[], {}, [null, false]], constructor: 'x' },
      ['__proto__x']: 1,
    }
    const withProto = JSON.parse('{"__proto__": {"polluted": true}, "inner": {"__proto__": 1}}') as Record<string, unknown>
    const told = event('odd', { ...odd, ...withProto })
    Object.defineProperty(told, '__proto__', { value: { polluted: true }, enumerable: true, writable: true, configurable: true })
    const { appended } = await log.append('apollo', [told])
    const [stored] = await readAll(log, 'apollo')
    expect(JSON.stringify(stored)).toBe(JSON.stringify({ ...told, offset: 1, received_at: stored?.received_at }))
    expect(stored).toEqual(appended[0])
    expect(Object.hasOwn(stored!, '__proto__')).toBe(true)
    expect('polluted' in stored!).toBe(false)
  })

  test('tells odd ids and project names apart', async () => {
    const log = await openNew()
    const odd = [
      '\ud800',
      '\ud801',
      '\ufffd',
      'a\u0000b',
      'a\u0000c',
      'a',
      'A',
      'é',
      'e\u0301',
      ' ',
      "'; DROP TABLE event; --",
      'x'.repeat(128),
    ]
    const first = await log.append(
      '_projects',
      odd.map((id) => event(id)),
    )
    expect(first).toMatchObject({ duplicates: 0, position: { offset: odd.length } })
    expect(
      (
        await log.append(
          '_projects',
          odd.map((id) => event(id)),
        )
      ).duplicates,
    ).toBe(odd.length)
    expect(ids(await readAll(log, '_projects'))).toEqual(odd)
    expect((await log.append('Apollo', [event('a')])).position.offset).toBe(1)
    expect((await log.append('apollo', [event('a')])).position.offset).toBe(1)
  })

  test('what a caller changes after the call is not stored', async () => {
    const log = await openNew()
    const told = [event('a', { word: 'told' })]
    const appending = log.append('apollo', told)
    Object.assign(told[0]!, { word: 'changed' })
    told.push(event('late'))
    const { appended } = await appending
    expect(await readAll(log, 'apollo')).toMatchObject([{ id: 'a', word: 'told' }])
    expect(appended).toHaveLength(1)
  })

  test('tells callers to come back when too much waits, stores what it took, and recovers', async () => {
    const log = await openNew()
    const batches = Array.from({ length: 130 }, (_, n) => log.append('apollo', events(`b${n}`, 1_000)))
    const outcomes = await Promise.allSettled(batches)
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ reason }) => reason instanceof LogUnavailableError && reason.message.includes('busy'))).toBe(true)
    expect((await log.head('apollo')).offset).toBe((130 - refused.length) * 1_000)
    expect((await log.append('apollo', [event('later')])).appended).toHaveLength(1)
  })

  test('storing under load leaves other work its turn', async () => {
    const log = await openNew()
    let turns = 0
    const counting = setInterval(() => (turns += 1), 0)
    await Promise.all(Array.from({ length: 20 }, (_, n) => log.append('apollo', events(`b${n}`, 1_000))))
    clearInterval(counting)
    expect(turns).toBeGreaterThan(5)
  })

  test('takes nothing more from the moment it is told to close', async () => {
    const log = await openNew()
    const asked = log.append('apollo', [event('before')])
    const closing = log.close()
    await expect(log.append('apollo', [event('late')])).rejects.toBeInstanceOf(LogUnavailableError)
    expect((await asked).position.offset).toBe(1)
    await closing
  })

  test('closing stores what was asked before; afterwards everything rejects', async () => {
    const somewhere = await place()
    const log = await somewhere.open()
    const { epoch } = await log.head('apollo')
    const asked = Array.from({ length: 50 }, (_, n) => log.append('apollo', [event(`e${n}`)]))
    await Promise.all([log.close(), log.close()])
    expect((await Promise.all(asked)).map(({ position }) => position.offset)).toEqual(oneTo(50))
    const snapshot = { project: 'apollo', epoch, foldVersion: 1, offset: 1, body: '{}' }
    const late = [
      log.append('apollo', [event('late')]),
      log.append('apollo', []),
      log.read('apollo', { after: 0, limit: 1 }),
      log.head('apollo'),
      log.heads(),
      log.snapshot(snapshot),
      log.saveSnapshot(snapshot),
      log.offsetAt('apollo', 0),
    ]
    for (const outcome of await Promise.allSettled(late)) expect(outcome).toMatchObject({ reason: { name: 'LogUnavailableError' } })
    const again = await somewhere.open()
    endAfter('test', () => again.close())
    expect((await again.head('apollo')).offset).toBe(50)
  })
}

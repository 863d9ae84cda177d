import { expect, test } from 'bun:test'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { endAfter } from '../support/ending.ts'
import { type NewPlace, openNew } from './log-place.ts'
import { event, events, ids, offsets, oneTo, readAll } from './log-events.ts'

/** An append is stored whole, or not at all. */
export function describeAtomicity(place: NewPlace): void {
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

  test('an append that cannot be stored stores none of its events and harms no other', async () => {
    const log = await openNew(place)
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
    const log = await openNew(place)
    expect((await log.append('apollo', events('fits', 1_000))).position.offset).toBe(1_000)
    await expect(log.append('apollo', events('over', 1_001))).rejects.toBeInstanceOf(RangeError)
    expect((await log.head('apollo')).offset).toBe(1_000)
  })
}

/** Whatever an event holds is given back as it was told. */
export function describeContents(place: NewPlace): void {
  test('gives back exactly what was told, however odd', async () => {
    const log = await openNew(place)
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
    const log = await openNew(place)
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
    const log = await openNew(place)
    const told = [event('a', { word: 'told' })]
    const appending = log.append('apollo', told)
    Object.assign(told[0]!, { word: 'changed' })
    told.push(event('late'))
    const { appended } = await appending
    expect(await readAll(log, 'apollo')).toMatchObject([{ id: 'a', word: 'told' }])
    expect(appended).toHaveLength(1)
  })
}

/** Too much is told to come back later, and other work has its turn. */
export function describeLoad(place: NewPlace): void {
  test('tells callers to come back when too much waits, stores what it took, and recovers', async () => {
    const log = await openNew(place)
    const batches = Array.from({ length: 130 }, (_, n) => log.append('apollo', events(`b${n}`, 1_000)))
    const outcomes = await Promise.allSettled(batches)
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every(({ reason }) => reason instanceof LogUnavailableError && reason.message.includes('busy'))).toBe(true)
    expect((await log.head('apollo')).offset).toBe((130 - refused.length) * 1_000)
    expect((await log.append('apollo', [event('later')])).appended).toHaveLength(1)
  })

  test('storing under load leaves other work its turn', async () => {
    const log = await openNew(place)
    let turns = 0
    const counting = setInterval(() => (turns += 1), 0)
    await Promise.all(Array.from({ length: 20 }, (_, n) => log.append('apollo', events(`b${n}`, 1_000))))
    clearInterval(counting)
    expect(turns).toBeGreaterThan(5)
  })

  test('folding a long log leaves other work its turn', async () => {
    const log = await openNew(place)
    await Promise.all(Array.from({ length: 20 }, (_, n) => log.append('apollo', events(`b${n}`, 1_000))))
    let turns = 0
    const counting = setInterval(() => (turns += 1), 0)
    await readAll(log, 'apollo')
    clearInterval(counting)
    expect(turns).toBeGreaterThan(3)
  })
}

/** What was asked before the end is stored, what is asked after it is refused. */
export function describeClosing(place: NewPlace): void {
  test('takes nothing more from the moment it is told to close', async () => {
    const log = await openNew(place)
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

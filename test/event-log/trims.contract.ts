import { expect, test } from 'bun:test'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { type NewPlace, openNew } from './log-place.ts'
import { event, events, offsets } from './log-events.ts'

const beginningAt = async (log: EventLog, offset: number, body = `state at ${offset}`) => {
  const { epoch } = await log.head('apollo')
  return { project: 'apollo', epoch, foldVersion: 1, offset, body }
}

/** Retention: a log begins with a snapshot, which only goes forward. */
export function describeBeginnings(place: NewPlace): void {
  test('a trimmed log begins after its snapshot, and goes on with the next number', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 10))
    await log.trim(await beginningAt(log, 4))
    const page = await log.read('apollo', { after: 0, limit: 100 })
    expect([page.first, page.head, offsets(page.events)]).toEqual([5, 10, [5, 6, 7, 8, 9, 10]])
    expect(await log.beginning('apollo')).toEqual(await beginningAt(log, 4))
    expect((await log.append('apollo', [event('next')])).position.offset).toBe(11)
  })

  test('everything may be trimmed: the head stays, and so does the epoch', async () => {
    const log = await openNew(place)
    const { position } = await log.append('apollo', events('a', 3))
    await log.trim(await beginningAt(log, 3))
    expect(await log.head('apollo')).toEqual(position)
    expect(await log.read('apollo', { after: 3, limit: 10 })).toMatchObject({ first: 4, head: 3, events: [] })
    expect((await log.heads()).get('apollo')).toEqual(position)
    expect((await log.append('apollo', [event('b')])).position).toEqual({ ...position, offset: 4 })
  })

  test('a beginning goes forward only, and never beyond the head', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 10))
    await log.trim(await beginningAt(log, 6, 'newer'))
    await log.trim(await beginningAt(log, 3, 'older'))
    await log.trim(await beginningAt(log, 11, 'of another log'))
    await log.trim({ ...(await beginningAt(log, 1)), project: 'nobody' })
    await log.trim({ ...(await beginningAt(log, 8)), epoch: 'zzzzzzzz' })
    expect(await log.beginning('apollo')).toMatchObject({ offset: 6, body: 'newer' })
    expect(await log.beginning('gemini')).toBeUndefined()
    expect((await log.read('apollo', { after: 6, limit: 10 })).first).toBe(7)
  })

  test('an instant before the first event that is left is the offset before it', async () => {
    let now = 1_000
    const log = await openNew(place, () => now)
    for (const id of ['a', 'b', 'c', 'd']) {
      await log.append('apollo', [event(id)])
      now += 1_000
    }
    await log.trim(await beginningAt(log, 2))
    expect(await log.offsetAt('apollo', 500)).toBe(2)
    expect(await log.offsetAt('apollo', 3_500)).toBe(3)
    expect(await log.offsetAt('apollo', 9_000)).toBe(4)
  })
}

/** What came before the beginning is forgotten, and nothing else. */
export function describeForgotten(place: NewPlace): void {
  test('ids live as long as their events', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 4))
    await log.trim(await beginningAt(log, 2))
    const { duplicates, position } = await log.append('apollo', events('a', 4))
    expect({ duplicates, head: position.offset }).toEqual({ duplicates: 2, head: 6 })
  })

  test('snapshots before the beginning go with their events, those behind it stay', async () => {
    const log = await openNew(place)
    await log.append('apollo', events('a', 10))
    const { epoch } = await log.head('apollo')
    const key = { project: 'apollo', epoch, foldVersion: 1 }
    await log.saveSnapshot({ ...key, offset: 9, body: 'nine' })
    await log.trim(await beginningAt(log, 5))
    expect(await log.snapshot(key)).toMatchObject({ offset: 9 })
    expect(await log.snapshot(key, 4)).toBeUndefined()
  })

  test('a long trim goes on beside appends, which miss nothing', async () => {
    const log = await openNew(place)
    for (let part = 0; part < 5; part += 1) await log.append('apollo', events(`part-${part}`, 1_000))
    const trimming = log.trim(await beginningAt(log, 4_321))
    for (let index = 0; index < 20; index += 1) await log.append('apollo', [event(`beside-${index}`)])
    await trimming
    const page = await log.read('apollo', { after: 4_321, limit: 1_000 })
    expect([page.first, page.head, page.events.length]).toEqual([4_322, 5_020, 699])
  })
}

/** A log knows its own settings. */
export function describeCheck(place: NewPlace): void {
  test('tells what is wrong with its settings, if anything', async () => {
    expect(await (await openNew(place)).check()).toBeArray()
  })
}

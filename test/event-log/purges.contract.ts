import { expect, test } from 'bun:test'
import { endAfter } from '../support/ending.ts'
import { type NewPlace, openNew } from './log-place.ts'
import { event, events, ids, offsets, readAll } from './log-events.ts'

/** A project that is purged is forgotten, and it alone. */
export function describePurges(place: NewPlace): void {
  test('of a forgotten project nothing is left', async () => {
    const log = await openNew(place)
    const { position } = await log.append('apollo', events('a', 1_000))
    const key = { project: 'apollo', epoch: position.epoch, foldVersion: 1 }
    await log.saveSnapshot({ ...key, offset: 900, body: 'saved' })
    await log.trim({ ...key, offset: 500, body: 'beginning' })
    await log.purge('apollo')
    expect(await readAll(log, 'apollo')).toEqual([])
    expect(await log.read('apollo', { after: 0, limit: 10 })).toMatchObject({ first: 1, head: 0 })
    expect((await log.heads()).has('apollo')).toBe(false)
    expect(await log.beginning('apollo')).toBeUndefined()
    expect(await log.snapshot(key)).toBeUndefined()
    expect(await log.offsetAt('apollo', Date.now() + 60_000)).toBe(0)
  })

  test('other projects keep everything, their epoch too', async () => {
    const log = await openNew(place)
    const { position } = await log.append('gemini', events('a', 5))
    await log.append('apollo', events('a', 5))
    await log.purge('apollo')
    expect(ids(await readAll(log, 'gemini'))).toHaveLength(5)
    expect(await log.head('gemini')).toEqual(position)
    expect([...(await log.heads()).keys()]).toEqual(['gemini'])
    expect((await log.append('gemini', [event('b')])).position).toEqual({ ...position, offset: 6 })
  })

  test('a project that is not there is forgotten already, its epoch stays', async () => {
    const log = await openNew(place)
    const before = await log.head('apollo')
    await log.purge('apollo')
    expect(await log.head('apollo')).toEqual(before)
  })

  test('is known to whoever opens the log later', async () => {
    const where = await place()
    const log = await where.open()
    const { position } = await log.append('apollo', events('a', 3))
    await log.purge('apollo')
    const { epoch } = await log.head('apollo')
    await log.close()
    const again = await where.open()
    endAfter('test', () => again.close())
    expect(await again.head('apollo')).toEqual({ epoch, offset: 0 })
    expect(epoch).not.toBe(position.epoch)
    expect((await again.append('apollo', [event('new')])).position).toEqual({ epoch, offset: 1 })
  })
}

/** What comes back under the name of a purged project is another one. */
export function describeComingBack(place: NewPlace): void {
  test('what comes back under its name begins at 1, under an epoch that it never had, and keeps it', async () => {
    const log = await openNew(place)
    const epochs: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const { position, duplicates } = await log.append('apollo', events('a', 3))
      expect([position.offset, duplicates]).toEqual([3, 0])
      epochs.push(position.epoch)
      expect(await log.head('apollo')).toEqual(position)
      expect((await log.heads()).get('apollo')).toEqual(position)
      expect((await log.read('apollo', { after: 0, limit: 10 })).epoch).toBe(position.epoch)
      await log.purge('apollo')
      expect(await log.head('apollo')).toMatchObject({ offset: 0 })
    }
    expect(new Set(epochs).size).toBe(3)
    for (const epoch of epochs) expect(epoch).toMatch(/^[0-9a-z]{8}$/)
    const before = await log.head('apollo')
    expect((await log.append('apollo', [event('later')])).position).toEqual({ epoch: before.epoch, offset: 1 })
  })

  test('snapshots and trims count for a project that came back, and those of its former life do not', async () => {
    const log = await openNew(place)
    const { position: former } = await log.append('apollo', events('a', 5))
    await log.purge('apollo')
    const { position } = await log.append('apollo', events('b', 5))
    const key = { project: 'apollo', foldVersion: 1 }
    await log.saveSnapshot({ ...key, epoch: former.epoch, offset: 4, body: 'former' })
    await log.trim({ ...key, epoch: former.epoch, offset: 4, body: 'former' })
    expect((await log.read('apollo', { after: 0, limit: 10 })).first).toBe(1)
    await log.saveSnapshot({ ...key, epoch: position.epoch, offset: 4, body: 'present' })
    expect(await log.snapshot({ ...key, epoch: position.epoch })).toMatchObject({ body: 'present' })
    expect(await log.snapshot({ ...key, epoch: former.epoch })).toBeUndefined()
    await log.trim({ ...key, epoch: position.epoch, offset: 4, body: 'present' })
    expect(offsets((await log.read('apollo', { after: 0, limit: 10 })).events)).toEqual([5])
  })

  test('appends beside it are stored whole, before or after it', async () => {
    const log = await openNew(place)
    for (let part = 0; part < 3; part += 1) await log.append('apollo', events(`part-${part}`, 1_000))
    const purging = log.purge('apollo')
    const beside: number[] = []
    for (let index = 0; index < 20; index += 1) beside.push((await log.append('apollo', [event(`beside-${index}`)])).position.offset)
    await purging
    const all = await readAll(log, 'apollo')
    expect(offsets(all)).toEqual(all.map((_, index) => index + 1))
    expect(beside.at(-1)).toBe(all.length)
  })
}

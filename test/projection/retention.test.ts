import { beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { openRetention, removeOld } from '../../src/projection/retention.ts'
import { stateAt } from '../../src/projection/time-travel.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { generateHistory } from '../support/histories.ts'
import { stateHash } from '../../src/domain/project/state-codec.ts'

const DAY_MS = 86_400_000
let now: number
let log: EventLog
let problems: unknown[]

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z')
  problems = []
  log = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite'), clock: () => now })
  endAfter('test', () => log.close())
})

const onError = (error: unknown) => void problems.push(error)
const deps = (policy: { days: number; events: number }) => ({ eventLog: log, policy, onError, now: () => now })
const firstOf = async (project: string) => (await log.read(project, { after: 1_000_000, limit: 1 })).first
const hashAt = async (at: string) => stateHash((await stateAt({ eventLog: log, onError }, 'apollo', at)).state)

/** A hundred events a day, for ten days. */
async function tenDays(project: string) {
  for (let day = 0; day < 10; day++) {
    await log.append(
      project,
      generateHistory({ seed: day, count: 100 }).map((event, index) => ({ ...event, id: `${day}-${index}` })),
    )
    now += DAY_MS
  }
}

test('what is older than the days goes; the state after it, and every moment that is left, stay as they were', async () => {
  await tenDays('apollo')
  const before = [await hashAt('700'), await hashAt('855'), await hashAt('1000')]
  await removeOld(deps({ days: 4, events: 0 }))
  expect(await firstOf('apollo')).toBe(701)
  expect([await hashAt('700'), await hashAt('855'), await hashAt('1000')]).toEqual(before)
  await expect(stateAt({ eventLog: log, onError }, 'apollo', '699')).rejects.toMatchObject({ code: 'GONE' })
  expect(problems).toEqual([])
})

test('what is beyond the number of events goes, whichever of the two says more', async () => {
  await tenDays('apollo')
  await removeOld(deps({ days: 9, events: 250 }))
  expect(await firstOf('apollo')).toBe(751)
})

test('registrations are kept, and so is everything when nothing limits it', async () => {
  await tenDays('_projects')
  await tenDays('apollo')
  await removeOld(deps({ days: 0, events: 0 }))
  expect(await firstOf('apollo')).toBe(1)
  await removeOld(deps({ days: 2, events: 0 }))
  expect([await firstOf('_projects'), await firstOf('apollo')]).toEqual([1, 901])
})

test('a second pass goes on from where the log begins now', async () => {
  await tenDays('apollo')
  const before = await hashAt('1000')
  await removeOld(deps({ days: 6, events: 0 }))
  await removeOld(deps({ days: 2, events: 0 }))
  expect(await firstOf('apollo')).toBe(901)
  expect(await hashAt('1000')).toBe(before)
})

test('a project that cannot be trimmed is told of, and keeps no other', async () => {
  await tenDays('apollo')
  await tenDays('gemini')
  const failing = {
    ...log,
    trim: async (beginning: Parameters<EventLog['trim']>[0]) =>
      beginning.project === 'apollo' ? Promise.reject(new Error('no')) : log.trim(beginning),
  }
  await removeOld({ ...deps({ days: 0, events: 100 }), eventLog: failing })
  expect([problems.length, await firstOf('gemini')]).toEqual([1, 901])
})

test('stopped before its time it does nothing, and closes', async () => {
  await tenDays('apollo')
  const retention = openRetention(deps({ days: 0, events: 100 }))
  retention.start()
  retention.stop()
  await retention.close()
  expect(await firstOf('apollo')).toBe(1)
})

test('what is more than a day past its time stays until the time is sure; what is beyond the number of events goes', async () => {
  await tenDays('apollo')
  const asked: number[] = []
  const isSure = async (first: number) => asked.push(first) > 1
  await removeOld({ ...deps({ days: 4, events: 950 }), isSure })
  expect(await firstOf('apollo')).toBe(51)
  await removeOld({ ...deps({ days: 4, events: 0 }), isSure })
  expect(await firstOf('apollo')).toBe(701)
  expect(asked).toEqual([Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-01T00:00:00Z')])
  now += DAY_MS
  await removeOld({ ...deps({ days: 4, events: 0 }), isSure })
  expect(await firstOf('apollo')).toBe(801)
  expect(asked).toHaveLength(2)
})

import { beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { emptyProject, foldEvents, FOLD_VERSION } from '../../src/domain/project/project.ts'
import { projectFold } from '../../src/projection/folds.ts'
import { Follower } from '../../src/projection/follower.ts'
import { projectAt, parseMoment } from '../../src/projection/time-travel.ts'
import { removeOld } from '../../src/projection/retention.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { generateHistory } from '../support/histories.ts'
import { stateHash } from '../../src/domain/project/state-codec.ts'

const BEGAN = Date.parse('2026-01-01T00:00:00Z')
const MINUTE_MS = 60_000
let now: number
let log: EventLog
let problems: unknown[]

beforeEach(async () => {
  now = BEGAN
  problems = []
  log = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite'), clock: () => now })
  endAfter('test', () => log.close())
})

const onError = (error: unknown) => void problems.push(error)
const past = (at: string) => projectAt({ eventLog: log, onError }, 'apollo', parseMoment(at))
const iso = (at: number) => new Date(at).toISOString()

/** One event a minute. */
async function minutes(count: number) {
  for (const event of generateHistory({ count })) {
    await log.append('apollo', [event])
    now += MINUTE_MS
  }
}

async function naive(offset: number) {
  let state = emptyProject()
  while (state.offset < offset)
    state = foldEvents(state, (await log.read('apollo', { after: state.offset, upTo: offset, limit: 1_000 })).events)
  return stateHash(state)
}

async function follow() {
  const follower = new Follower({ eventLog: log, project: 'apollo', fold: projectFold, changed: () => undefined, onError })
  endAfter('test', () => follower.close())
  return follower.catchUp()
}

test('an offset and an instant name the same moment, and ages are told by it', async () => {
  await minutes(100)
  const byOffset = await past('60')
  expect(byOffset).toMatchObject({ now: BEGAN + 59 * MINUTE_MS, view: { state: { offset: 60 } } })
  const byInstant = await past(iso(BEGAN + 59.5 * MINUTE_MS))
  expect(byInstant.view.state.offset).toBe(60)
  expect(byInstant.now).toBe(BEGAN + 59.5 * MINUTE_MS)
})

test('before the first event the project is empty; an instant that lies ahead is the end', async () => {
  await minutes(3)
  expect(await past(iso(BEGAN - 1))).toMatchObject({ view: { state: { offset: 0 } }, now: BEGAN - 1 })
  expect(await past('0')).toMatchObject({ view: { state: { offset: 0 } }, now: BEGAN })
  expect((await past('2999-01-01T00:00:00Z')).now).toBeLessThanOrEqual(Date.now())
})

test.each(['', '-1', '1e3', 'yesterday', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z', '1'.repeat(31)])('%j is no moment', (at) => {
  expect(() => parseMoment(at)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }))
})

test('what retention removed is gone, by offset and by instant, and says where the rest begins', async () => {
  await minutes(200)
  await removeOld({ eventLog: log, policy: { days: 0, events: 100 }, onError, now: () => now })
  const rest = { code: 'GONE', details: { first_offset: 101, first_at: iso(BEGAN + 100 * MINUTE_MS) } }
  await expect(past('99')).rejects.toMatchObject(rest)
  await expect(past(iso(BEGAN + 98 * MINUTE_MS))).rejects.toMatchObject(rest)
  expect((await past('100')).view.state.offset).toBe(100)
  expect((await past(iso(BEGAN + 99.5 * MINUTE_MS))).view.state.offset).toBe(100)
})

test('whoever catches up with a long log, or looks back into one, leaves snapshots on the way, and they tell the truth', async () => {
  const history = generateHistory({ count: 32_000 })
  for (let from = 0; from < history.length; from += 500) await log.append('apollo', history.slice(from, from + 500))
  const { epoch } = await log.head('apollo')
  const key = { project: 'apollo', epoch, foldVersion: FOLD_VERSION }
  const marks = async () => [await log.snapshot(key, 10_000), await log.snapshot(key, 20_000), await log.snapshot(key, 30_000)]
  await past('15000')
  expect((await marks()).map((mark) => mark?.offset)).toEqual([9_000, 9_000, 9_000])
  await follow()
  expect((await marks()).map((mark) => mark?.offset)).toEqual([9_000, 19_000, 29_000])
  for (const offset of [9_500, 19_999, 25_001]) expect(stateHash((await past(String(offset))).view.state)).toBe(await naive(offset))
  expect(problems).toEqual([])
})

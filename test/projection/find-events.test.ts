import { beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { emptyProject, FOLD_VERSION } from '../../src/domain/project/project.ts'
import { encodeState } from '../../src/domain/project/state-codec.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { findEvents, findNewer } from '../../src/projection/find-events.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'

let log: EventLog
let looked: number

beforeEach(async () => {
  looked = 0
  log = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => log.close())
})

async function fill(count: number, text = '') {
  const events = Array.from({ length: count }, (_, index) => ({ type: 'x-n' as const, id: `n${index}`, text }))
  for (let at = 0; at < count; at += 500) await log.append('apollo', events.slice(at, at + 500))
}

const every = (step: number) => (event: StoredEvent) => {
  looked++
  return event.offset % step === 0
}
const offsets = (events: StoredEvent[]) => events.map(({ offset }) => offset)

test('finds the newest first, and goes on where it ended until nothing older is left', async () => {
  await fill(1_700)
  const found: number[] = []
  let before: number | undefined
  do {
    const part = await findEvents(log, 'apollo', { before, matches: every(7), limit: 20, scanLimit: 333 })
    found.push(...offsets(part.events))
    before = part.next
  } while (before !== undefined)
  expect(found).toEqual(Array.from({ length: Math.floor(1_700 / 7) }, (_, index) => 7 * (Math.floor(1_700 / 7) - index)))
})

test('looks at no more than it may', async () => {
  await fill(1_500)
  const found = await findEvents(log, 'apollo', { matches: every(2_000), limit: 5, scanLimit: 800 })
  expect(found).toMatchObject({ events: [], next: 701, head: 1_500, first: 1 })
  expect(looked).toBe(800)
})

test('reads large events whole, though a page of them is short', async () => {
  await fill(60, 'x'.repeat(200_000))
  expect(offsets((await findEvents(log, 'apollo', { matches: every(10), limit: 100, scanLimit: 1_000 })).events)).toEqual([
    60, 50, 40, 30, 20, 10,
  ])
})

test('ends where a trimmed log begins, and in an empty one', async () => {
  expect(await findEvents(log, 'apollo', { matches: every(1), limit: 5, scanLimit: 100 })).toMatchObject({ events: [], next: undefined })
  await fill(100)
  const { epoch } = await log.head('apollo')
  const body = encodeState({ ...emptyProject(), offset: 90 })
  await log.trim({ project: 'apollo', epoch, foldVersion: FOLD_VERSION, offset: 90, body })
  const found = await findEvents(log, 'apollo', { matches: every(1), limit: 50, scanLimit: 100 })
  expect(offsets(found.events)).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91])
  expect(found).toMatchObject({ first: 91, next: undefined })
})

test('finds the next above an offset, and goes on until the log ends', async () => {
  await fill(1_700)
  const found: number[] = []
  let after: number | undefined = 100
  do {
    const part = await findNewer(log, 'apollo', { after, matches: every(7), limit: 20, scanLimit: 333 })
    expect(offsets(part.events)).toEqual(offsets(part.events).toSorted((one, other) => other - one))
    found.push(...offsets(part.events).toReversed())
    after = part.next
  } while (after !== undefined)
  expect(found).toEqual(Array.from({ length: Math.floor(1_700 / 7) - 14 }, (_, index) => 7 * (15 + index)))
  expect(await findNewer(log, 'apollo', { after: 2_000, matches: every(1), limit: 5, scanLimit: 100 })).toMatchObject({
    events: [],
    next: undefined,
  })
})

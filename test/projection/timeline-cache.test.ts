import { beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { foldLanes, openLanes } from '../../src/domain/timeline/lanes.ts'
import { emptyProject } from '../../src/domain/project/project.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { projectFold } from '../../src/projection/folds.ts'
import { Follower } from '../../src/projection/follower.ts'
import { openTimelineCache, readLanes, takeView } from '../../src/projection/timeline-cache.ts'
import type { ProjectView } from '../../src/projection/projections.ts'
import { removeOld } from '../../src/projection/retention.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { generateHistory } from '../support/histories.ts'
import type { Lanes } from '../../src/domain/timeline/lane.ts'

const BEGAN = Date.parse('2026-01-01T00:00:00Z')
const HOUR_MS = 3_600_000
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

/** So many events of a project's life, one every second, appended so many at a time. */
async function live(count: number, { atOnce = 1, seed = 1 } = {}) {
  const events = generateHistory({ count, seed })
  for (let index = 0; index < count; index += atOnce) {
    await log.append('apollo', events.slice(index, index + atOnce))
    now += atOnce * 1_000
  }
}

async function follow() {
  const follower = new Follower({ eventLog: log, project: 'apollo', fold: projectFold, changed: () => undefined, onError })
  endAfter('test', () => follower.close())
  const view = (): Promise<ProjectView> => follower.catchUp()
  const shelf = openTimelineCache({ eventLog: log, onError, now: () => now, projections: { view } })
  return { view, shelf }
}

/** All that lanes say, comparable. What was there before the window began is numbered by what is there. */
const whole = ({ workflow, stories, agents, marks, busy, state, unread }: Lanes) => ({
  ...{ workflow, marks, busy, unread },
  offset: state.offset,
  stories: [...stories.values()].map(({ number: _, ...lane }) => lane),
  agents: [...agents.values()].map(({ number: _, ...lane }) => lane),
})

test('the lanes of a window are those of its events on the state before it', async () => {
  await live(2_000)
  const from = BEGAN + 500_000
  const { lanes, keptSince } = await readLanes({ eventLog: log, onError }, 'apollo', { from, windowMs: HOUR_MS, upTo: 1_700 })
  const first = (await log.read('apollo', { after: 0, upTo: 501, limit: 1_000 })).events
  const naive = openLanes(projectFold.apply(emptyProject(), first), { from, windowMs: HOUR_MS })
  for (const after of [501, 1_501]) foldLanes(naive, (await log.read('apollo', { after, upTo: 1_700, limit: 1_000 })).events)
  expect(whole(lanes)).toEqual(whole(naive))
  expect([keptSince, problems]).toEqual([undefined, []])
})

test('a window that retention has cut begins with what is left, and says since when', async () => {
  await live(600)
  await removeOld({ eventLog: log, policy: { days: 0, events: 200 }, onError, now: () => now })
  const { lanes, keptSince } = await readLanes({ eventLog: log, onError }, 'apollo', { from: BEGAN, windowMs: HOUR_MS, upTo: 600 })
  expect(keptSince).toBe(BEGAN + 400_000)
  expect(lanes.busy.flat()).toEqual([BEGAN + 400_000, BEGAN + 599_000])
  expect(lanes.state.offset).toBe(600)
  expect(lanes.stories.get('story-1')?.bars.length).toBeGreaterThan(1)
})

test('a window before the first event, and a project without any, are empty', async () => {
  const read = (upTo: number) => readLanes({ eventLog: log, onError }, 'apollo', { from: BEGAN - HOUR_MS, windowMs: HOUR_MS, upTo })
  expect((await read(0)).lanes.stories.size).toBe(0)
  await live(10)
  expect((await read(0)).lanes.state.offset).toBe(0)
})

test('what lives on is, event by event, what the log would tell', async () => {
  await live(300)
  const { view, shelf } = await follow()
  const kept = await shelf.lanesOf('apollo', HOUR_MS)
  const read = async () => {
    const from = now - HOUR_MS * (1 + 1 / 24)
    return (await readLanes({ eventLog: log, onError }, 'apollo', { from, windowMs: HOUR_MS, upTo: (await view()).state.offset })).lanes
  }
  for (const size of [1, 3, 40, 50]) {
    await live(size, { atOnce: size, seed: 10 + size })
    expect(takeView(kept, await view(), now)).toBe(true)
  }
  expect(takeView(kept, await view(), now)).toBe(false)
  expect([kept.hasHole, whole(kept.lanes)]).toEqual([false, whole(await read())])

  // More at once than a view has at hand are passed over; who asks next mends it.
  await live(120, { atOnce: 120, seed: 2 })
  takeView(kept, await view(), now)
  expect([kept.hasHole, kept.lanes.unread]).toEqual([true, 120])
  const mended = await shelf.lanesOf('apollo', HOUR_MS)
  expect([mended.hasHole, whole(mended.lanes)]).toEqual([false, whole(await read())])
})

test('viewers of a window share its lanes, which are read on and not again', async () => {
  await live(50)
  const { shelf } = await follow()
  const [one, other] = await Promise.all([shelf.lanesOf('apollo', HOUR_MS), shelf.lanesOf('apollo', HOUR_MS)])
  await live(200, { atOnce: 100, seed: 3 })
  const later = await shelf.lanesOf('apollo', HOUR_MS)
  expect([other, later].every((kept) => kept === one)).toBe(true)
  expect([later.lanes.state.offset, later.lanes.unread]).toEqual([250, 0])
})

test('what one viewer could not be read is read for the next who asked meanwhile', async () => {
  await live(50)
  const { view } = await follow()
  const failures = [new Error('no answer')]
  const flaky = async () => {
    const failure = failures.pop()
    if (failure) throw failure
    return view()
  }
  const shelf = openTimelineCache({ eventLog: log, onError, now: () => now, projections: { view: flaky } })
  const [one, other] = await Promise.allSettled([shelf.lanesOf('apollo', HOUR_MS), shelf.lanesOf('apollo', HOUR_MS)])
  expect(one).toMatchObject({ status: 'rejected', reason: { message: 'no answer' } })
  expect(other).toMatchObject({ status: 'fulfilled', value: { lanes: { state: { offset: 50 } } } })
})

test('a window moves on: what is over for longer than it is long is forgotten', async () => {
  await live(400)
  const { shelf } = await follow()
  const kept = await shelf.lanesOf('apollo', 60_000)
  now += 30 * 60_000
  await live(1, { seed: 4 })
  await shelf.lanesOf('apollo', 60_000)
  const bars = [...kept.lanes.stories.values()].flatMap((lane) => lane.bars)
  expect(bars.filter(({ end }) => end !== undefined && end < now - 120_000)).toEqual([])
  expect(kept.lanes.busy).toHaveLength(1)
})

test('another log of the same name is told by where it stands', async () => {
  await live(60)
  const { view, shelf } = await follow()
  const kept = await shelf.lanesOf('apollo', HOUR_MS)
  const { state, recent } = await view()
  expect(takeView(kept, { epoch: 'other', state, recent }, now)).toBe(true)
  expect([kept.epoch, kept.hasHole, kept.lanes.unread]).toEqual(['other', true, 60])
  expect(kept.lanes.stories.size).toBeGreaterThan(0)
})

test('of more events than can be looked at the newest are, and of those before it is known what they led to', async () => {
  const step = (index: number): NewEvent => ({
    type: 'tdd_transition',
    id: `e-${index}`,
    story_id: `s-${index % 3}`,
    new_state: index % 2 === 0 ? 'test_red' : 'code_green',
  })
  for (let index = 0; index < 24_000; index += 1_000) {
    await log.append(
      'apollo',
      Array.from({ length: 1_000 }, (_, at) => step(index + at)),
    )
    now += 60_000
  }
  const { lanes } = await readLanes({ eventLog: log, onError }, 'apollo', { from: BEGAN - 1, windowMs: HOUR_MS, upTo: 24_000 })
  expect([lanes.state.offset, lanes.unread, problems]).toEqual([24_000, 14_000, []])
  expect(lanes.stories.get('s-1')?.bars.at(-1)).toMatchObject({ end: undefined })
})

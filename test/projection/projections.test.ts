import { afterEach, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openInProcessBus } from '../../src/bus/in-process.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { type OpenProjections, openProjections } from '../../src/projection/open-projections.ts'
import type { Projections } from '../../src/projection/projections.ts'
import { temporaryFolder } from '../support/ending.ts'

/** The real log, with answers that can be held back, as those of a database on another machine are. */
let log: EventLog
let held: Promise<unknown>
let opened: OpenProjections
let projections: Projections
let saves: string[]
let errors: unknown[]
/** Room for some states of one event each. */
const MEMORY_BYTES = 100_000

beforeEach(async () => {
  held = Promise.resolve()
  const sqlite = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  saves = []
  errors = []
  log = {
    ...sqlite,
    saveSnapshot(snapshot) {
      saves.push(snapshot.project)
      return sqlite.saveSnapshot(snapshot)
    },
    async read(project, range) {
      const page = await sqlite.read(project, range)
      if (project === 'p0') await held
      return page
    },
  }
  const onError = (error: unknown) => void errors.push(error)
  opened = await openProjections({ eventLog: log, bus: openInProcessBus(), staleMinutes: 10, onError, stateMemoryBytes: MEMORY_BYTES })
  projections = opened.projections
})

afterEach(async () => {
  await opened.close()
  await log.close()
  expect(errors).toEqual([])
})

const step = (project: string, id: string) => log.append(project, [{ type: 'x-step', id }])

test('a state that is read while others push it out of memory can be shown', async () => {
  await step('p0', 'a')
  await projections.view('p0')
  const gate = Promise.withResolvers<void>()
  held = gate.promise
  const reading = projections.fresh('p0')
  const others = Array.from({ length: 500 }, (_, index) => `p${index + 1}`)
  await Promise.all(others.map((name) => step(name, 'a')))
  for (const name of others) await projections.view(name)
  gate.resolve()
  await reading
  expect((await projections.view('p0')).state.offset).toBe(1)
  expect(projections.loaded('p0')?.state.offset).toBe(1)
})

test('a fresh state holds what was stored before it was asked for, although an older reading is under way', async () => {
  await step('p0', 'a')
  const gate = Promise.withResolvers<void>()
  held = gate.promise
  const older = projections.fresh('p0')
  await step('p0', 'b')
  const newer = projections.fresh('p0')
  gate.resolve()
  await older
  expect((await newer).state.offset).toBe(2)
})

test('a name that nobody registered and nothing was reported for is no project', async () => {
  await projections.fresh('nobody')
  expect([...projections.summaries()]).toEqual([])
})

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
const loadedOf = (projects: readonly string[]) => projects.filter((name) => projections.loaded(name) !== undefined)

async function lookAtAll(projects: readonly string[]) {
  for (const name of projects) {
    await step(name, 'a')
    await projections.view(name)
  }
}

test('states go by what they take, the least recently used first, and are not saved for a few events', async () => {
  const resting = names('p', 200)
  await lookAtAll(resting)
  const left = loadedOf(resting)
  expect([left.length > 2, left.length < 100]).toEqual([true, true])
  expect(left).toEqual(resting.slice(-left.length))
  expect(saves).toEqual([])
  expect((await projections.view('p1')).state.offset).toBe(1)
})

test('what somebody watches stays until nobody does', async () => {
  await lookAtAll(['watched'])
  const releases = [projections.hold('watched'), projections.hold('watched')]
  await lookAtAll(names('p', 100))
  expect(loadedOf(['watched'])).toEqual(['watched'])
  releases[0]?.()
  await lookAtAll(names('q', 100))
  expect(loadedOf(['watched'])).toEqual(['watched'])
  releases[1]?.()
  await lookAtAll(names('r', 100))
  expect(loadedOf(['watched'])).toEqual([])
})

test('what works, and is silent unless it says something soon, stays', async () => {
  const working = names('w', 60)
  for (const name of working) {
    await log.append(name, [{ type: 'agent_status', agent_id: 'a', agent_type: 'CodeAgent', status: 'working', id: 'a' }])
    await projections.view(name)
  }
  await lookAtAll(names('p', 100))
  expect(loadedOf(working)).toEqual(working)
})

test('a large state counts for what it takes', async () => {
  await log.append(
    'large',
    Array.from({ length: 40 }, (_, index) => ({ type: 'chat_message' as const, message: 'x'.repeat(2_000), id: `m${index}` })),
  )
  await lookAtAll(names('p', 5))
  const before = loadedOf(names('p', 5)).length
  await projections.view('large')
  expect([before, loadedOf([...names('p', 5), 'large'])]).toEqual([5, []])
})

test('who cannot take a change in is told of, and keeps it from nobody else', async () => {
  const heard: number[] = []
  projections.onChange(() => {
    throw new Error('not mine')
  })
  projections.onChange(({ view }) => void heard.push(view.state.offset))
  await step('p1', 'a')
  expect((await projections.view('p1')).state.offset).toBe(1)
  expect([heard, errors.splice(0).map(String)]).toEqual([[1], ['Error: not mine']])
})

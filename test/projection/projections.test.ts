import { afterEach, beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openInProcessBus } from '../../src/bus/in-process.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite.ts'
import { type OpenProjections, openProjections } from '../../src/projection/open-projections.ts'
import type { Projections } from '../../src/projection/projections.ts'
import { temporaryFolder } from '../support/ending.ts'

/** The real log, with answers that can be held back, as those of a database on another machine are. */
let log: EventLog
let held: Promise<unknown>
let opened: OpenProjections
let projections: Projections

beforeEach(async () => {
  held = Promise.resolve()
  const sqlite = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  log = {
    ...sqlite,
    async read(project, range) {
      const page = await sqlite.read(project, range)
      if (project === 'p0') await held
      return page
    },
  }
  const onError = (error: unknown) => {
    throw error
  }
  opened = await openProjections({ eventLog: log, bus: openInProcessBus(), staleMinutes: 10, onError })
  projections = opened.projections
})

afterEach(async () => {
  await opened.close()
  await log.close()
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

import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { projectFold } from '../../src/projection/folds.ts'
import { Follower } from '../../src/projection/follower.ts'
import { stateAt } from '../../src/projection/time-travel.ts'
import { generateHistory } from '../support/histories.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'

const EVENTS = 300

/** A real log of one project with a saved state near its end, and what was told of it. */
async function openLog() {
  const log = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => log.close())
  const { position } = await log.append('apollo', generateHistory({ count: EVENTS }))
  const told: string[] = []
  const follow = (eventLog: EventLog = log) => {
    const follower = new Follower({
      ...{ eventLog, project: 'apollo', fold: projectFold, changed: () => undefined },
      onError: (error) => void told.push(String(error)),
    })
    endAfter('test', () => follower.close())
    return follower
  }
  const whole = (await follow().catchUp()).state
  const key = { project: 'apollo', epoch: position.epoch, foldVersion: projectFold.version }
  return { log, told, follow, whole, key }
}

const DAMAGED = ['', '{', 'null', '{"offset":280}', '"text"']

test.each(DAMAGED)('a saved state that reads %p is told of, folded anew, and replaced by the next one', async (body) => {
  const { log, told, follow, whole, key } = await openLog()
  await log.saveSnapshot({ ...key, offset: 280, body })
  const follower = follow()
  expect((await follower.catchUp()).state).toEqual(whole)
  expect(told).toEqual([expect.stringContaining('cannot be read and is folded anew')])
  await follower.saveSnapshot()
  told.length = 0
  expect((await follow().catchUp()).state).toEqual(whole)
  expect(told).toEqual([])
})

test('a saved state of another moment than it says is none', async () => {
  const { log, told, follow, whole, key } = await openLog()
  await log.saveSnapshot({ ...key, offset: 280, body: projectFold.encode({ ...whole, offset: 100 }) })
  expect((await follow().catchUp()).state).toEqual(whole)
  expect(told).toHaveLength(1)
})

test('a row that the engine has and cannot give keeps no project from being read', async () => {
  const { log, told, follow, whole } = await openLog()
  const broken = { ...log, snapshot: () => Promise.reject(new Error('database disk image is malformed')) }
  expect((await follow(broken).catchUp()).state).toEqual(whole)
  expect(told[0]).toContain('folded anew')
})

test('what a trimmed log begins with is no cache: its damage names the backup', async () => {
  const { log, told, follow, key } = await openLog()
  await log.trim({ ...key, offset: 200, body: '{' })
  await follow().catchUp()
  expect(told[0]).toMatch(/the state that the log of apollo begins with, at \w+:200, cannot be read.*restore a backup/)
})

test('a look back passes over a damaged saved state to the one before it', async () => {
  const { log, told, key } = await openLog()
  const onError = (error: unknown) => void told.push(String(error))
  const then = await stateAt({ eventLog: log, onError }, 'apollo', '250')
  await log.saveSnapshot({ ...key, offset: 240, body: 'no state' })
  expect((await stateAt({ eventLog: log, onError }, 'apollo', '250')).state).toEqual(then.state)
  expect(told).toHaveLength(1)
})

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Announcement } from '../../src/bus/bus.ts'
import type { NewEvent } from '../../src/domain/events/event.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { Follower } from '../../src/projection/follower.ts'
import { projectFold } from '../../src/projection/folds.ts'
import { eventually } from '../support/eventually.ts'

const phases = ['design', 'test_red', 'code_green', 'refactor', 'commit'] as const
let folder: string
let log: EventLog
let reads: number
const followers: { close(): void }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'follower-'))
  const sqlite = await openSqliteLog({ file: join(folder, 'events.sqlite') })
  reads = 0
  // The real log, counted: whether a reader goes to it is part of the promise.
  log = {
    ...sqlite,
    read: (project, range) => {
      reads++
      return sqlite.read(project, range)
    },
  }
})

afterEach(async () => {
  for (const follower of followers.splice(0)) follower.close()
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const move = (step: number): NewEvent => ({
  id: `e${step}`,
  type: 'tdd_transition',
  story_id: 's1',
  new_state: phases[step % 5] ?? 'design',
})

async function announce(...steps: number[]): Promise<Announcement> {
  const { position, appended } = await log.append('apollo', steps.map(move))
  return { project: 'apollo', ...position, events: appended }
}

const fail = (error: unknown) => {
  throw error
}

function follow(onError: (error: unknown) => void = fail) {
  const seen: number[] = []
  const follower = new Follower({
    eventLog: log,
    project: 'apollo',
    fold: projectFold,
    changed: ({ after }) => seen.push(after.state.offset),
    onError,
  })
  followers.push(follower)
  return { follower, seen, offset: () => follower.current?.state.offset }
}

/** A timer of this event loop that is due after the one with which a follower waits for what was overtaken: whatever it reads, it has asked for. */
const untilPatienceIsOver = () => Bun.sleep(40)

describe('a follower of a log', () => {
  test('applies what is announced in order, without reading the log', async () => {
    const { follower, offset } = follow()
    await follower.catchUp()
    const before = reads
    for (let step = 0; step < 20; step++) follower.deliver(await announce(step))
    expect(offset()).toBe(20)
    expect(reads).toBe(before)
  })

  test('reads at once what was too large to announce', async () => {
    const { follower, offset } = follow()
    await follower.catchUp()
    follower.deliver({ ...(await announce(0, 1)), events: [] })
    await eventually(() => offset() === 2)
    const before = reads
    follower.deliver({ ...(await announce()), events: [] })
    follower.deliver(await announce(2))
    expect([offset(), reads]).toEqual([3, before])
  })

  test('applies what two workers announced in each other’s way, whichever came first, without reading the log', async () => {
    const { follower, seen } = follow()
    await follower.catchUp()
    const told: Announcement[] = []
    for (let step = 0; step < 60; step++) told.push(await announce(step))
    const before = reads
    // Each pair the wrong way round, and the second of each twice, as a worker hears its own.
    for (let pair = 0; pair < told.length; pair += 2) {
      const [one, two] = [told[pair], told[pair + 1]]
      if (!one || !two) throw new Error('a pair is missing')
      for (const announcement of [two, one, two]) follower.deliver(announcement)
    }
    expect(seen).toEqual(Array.from({ length: 61 }, (_, offset) => offset))
    await untilPatienceIsOver()
    expect(reads).toBe(before)
  })

  test('begins with the state that a trimmed log begins with, and folds on', async () => {
    await announce(...Array.from({ length: 20 }, (_, step) => step))
    const { state, epoch } = await follow().follower.catchUp()
    await log.trim({ project: 'apollo', epoch, foldVersion: 1, offset: 20, body: projectFold.encode(state) })
    await announce(20)
    const again = await follow().follower.catchUp()
    expect([again.state.offset, again.state.cycles.get('s1')?.state]).toEqual([21, 'design'])
  })

  test('passes over a saved state that cannot be read', async () => {
    await announce(0, 1, 2)
    const { epoch, offset } = await log.head('apollo')
    await log.saveSnapshot({ project: 'apollo', epoch, foldVersion: projectFold.version, offset, body: '{"half' })
    const problems: unknown[] = []
    const { follower } = follow((error) => problems.push(error))
    expect((await follower.catchUp()).state.offset).toBe(3)
    expect(String(problems[0])).toContain('cannot be read')
  })

  test('drops what it applied already', async () => {
    const { follower, seen } = follow()
    await follower.catchUp()
    const first = await announce(0, 1)
    follower.deliver(first)
    follower.deliver(first)
    expect(seen).toEqual([0, 2])
  })

  test('applies announcements that overtook each other in order, without reading the log', async () => {
    const { follower, seen } = follow()
    await follower.catchUp()
    const [one, two, three] = [await announce(0), await announce(1), await announce(2)]
    const before = reads
    follower.deliver(three)
    follower.deliver(two)
    expect(seen).toEqual([0])
    follower.deliver(one)
    expect(seen).toEqual([0, 1, 2, 3])
    await untilPatienceIsOver()
    expect(reads).toBe(before)
  })

  test('reads from the log what was never announced', async () => {
    const { follower, offset } = follow()
    await follower.catchUp()
    await announce(0)
    follower.deliver(await announce(1))
    expect(offset()).toBe(0)
    await eventually(() => offset() === 2)
  })

  test('reaches the head when announcements come while it reads', async () => {
    const { follower, offset } = follow()
    await announce(...Array.from({ length: 1_000 }, (_, step) => step))
    const reading = follower.catchUp()
    follower.deliver(await announce(1_000))
    await reading
    await eventually(() => offset() === 1_001)
  })

  test('begins again with the state of a new epoch, although its offsets are lower', async () => {
    const { follower, offset } = follow()
    follower.deliver(await announce(0, 1, 2))
    await eventually(() => offset() === 3)
    await log.close()
    rmSync(folder, { recursive: true, force: true })
    const replaced = await openSqliteLog({ file: join(folder, 'events.sqlite') })
    Object.assign(log, replaced)
    follower.deliver(await announce(9))
    await eventually(() => offset() === 1)
    expect(follower.current?.state.cycles.get('s1')?.state).toBe('commit')
  })

  test('does not search for what another log announced', async () => {
    const { follower, offset } = follow()
    await follower.catchUp()
    follower.deliver({ ...(await announce(0)), epoch: 'another1', offset: 99 })
    await eventually(() => offset() === 1)
    await untilPatienceIsOver()
    const before = reads
    await untilPatienceIsOver()
    expect(reads).toBe(before)
  })

  test('starts from a snapshot and folds only what came after it', async () => {
    const { follower } = follow()
    await announce(...Array.from({ length: 1_000 }, (_, step) => step))
    await announce(...Array.from({ length: 500 }, (_, step) => 1_000 + step))
    await follower.catchUp()
    await follower.saveSnapshot()
    await announce(2_000)
    const again = follow()
    const before = reads
    const { state, recent } = await again.follower.catchUp()
    expect(state.offset).toBe(1_501)
    expect(recent.map((event) => event.offset)).toEqual(Array.from({ length: 50 }, (_, index) => 1_452 + index))
    expect(reads - before).toBe(2)
  })

  test('has the same state from a snapshot as from the beginning', async () => {
    await announce(...Array.from({ length: 800 }, (_, step) => (step * 7) % 800))
    const first = follow().follower
    await first.catchUp()
    await first.saveSnapshot()
    await announce(...Array.from({ length: 300 }, (_, step) => 900 + step * 3))
    const fromSnapshot = await follow().follower.catchUp()
    const fromStart = await first.catchUp()
    expect(projectFold.encode(fromSnapshot.state)).toBe(projectFold.encode(fromStart.state))
  })

  test('forgets its state when told, and reads it back', async () => {
    const { follower, offset } = follow()
    follower.deliver(await announce(0))
    await eventually(() => offset() === 1)
    follower.unload()
    expect(offset()).toBeUndefined()
    follower.deliver(await announce(1))
    await eventually(() => offset() === 2)
  })
})

import { beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { RefusedError } from '../../src/domain/refused.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { findEvents, findNewer } from '../../src/projection/find-events.ts'
import { openLongReads, type Turns } from '../../src/projection/long-reads.ts'
import { readLanes } from '../../src/projection/timeline-cache.ts'
import { stateAt } from '../../src/projection/time-travel.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'

const gate = () => Promise.withResolvers<void>()
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof RefusedError ? `${error.code}: ${error.message}` : String(error)),
  )

describe('what reads a long way', () => {
  test('does so a few at once, the others in the order in which they came', async () => {
    const reads = openLongReads({ atOnce: 2 })
    const begun: number[] = []
    const gates = Array.from({ length: 5 }, gate)
    const work = gates.map(({ promise }, index) =>
      reads.run(undefined, async () => {
        begun.push(index)
        await promise
      }),
    )
    await new Promise(setImmediate)
    expect(begun).toEqual([0, 1])
    for (const index of [1, 0, 2, 3, 4]) {
      gates[index]?.resolve()
      await work[index]
    }
    expect(begun).toEqual([0, 1, 2, 3, 4])
  })

  test('gives its place on where it fails', async () => {
    const reads = openLongReads({ atOnce: 1 })
    expect(await reasonOf(reads.run(undefined, () => Promise.reject(new Error('damaged'))))).toBe('Error: damaged')
    expect(await reads.run(undefined, async () => 'next')).toBe('next')
  })

  test('is not begun for a reader who left, and others keep their place', async () => {
    const reads = openLongReads({ atOnce: 1 })
    const { promise, resolve } = gate()
    const [gone, leaves] = [new AbortController(), new AbortController()]
    gone.abort()
    const first = reads.run(undefined, () => promise)
    const left = reasonOf(reads.run(leaves.signal, async () => 'never'))
    const last = reads.run(undefined, async () => 'last')
    leaves.abort()
    expect(await left).toContain('the connection ended')
    expect(await reasonOf(reads.run(gone.signal, async () => 'never'))).toContain('the connection ended')
    resolve()
    await first
    expect(await last).toBe('last')
    expect(await reads.run(undefined, async () => 'free again')).toBe('free again')
  })

  test('is refused where too many wait already', async () => {
    const reads = openLongReads({ atOnce: 1, waiting: 2 })
    const { promise, resolve } = gate()
    const waiting = Array.from({ length: 3 }, () => reads.run(undefined, () => promise))
    expect(await reasonOf(reads.run(undefined, async () => 'never'))).toStartWith('SERVICE_UNAVAILABLE')
    resolve()
    await Promise.all(waiting)
  })

  test('ends at its next step when the reader leaves', async () => {
    const reads = openLongReads()
    const reader = new AbortController()
    let steps = 0
    const work = reads.run(reader.signal, async (turns) => {
      for (;;) {
        steps += 1
        if (steps === 3) reader.abort()
        await turns.take()
      }
    })
    expect(await reasonOf(work)).toContain('the connection ended')
    expect(steps).toBe(3)
  })

  test('lets no two of them work between two turns of the others', async () => {
    const reads = openLongReads({ atOnce: 4 })
    let turn = 0
    let isOver = false
    const count = () => {
      turn += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const resumed: number[] = []
    await Promise.all(
      Array.from({ length: 4 }, () =>
        reads.run(undefined, async (turns) => {
          for (let step = 0; step < 5; step += 1) {
            // Longer than a stretch may be: it gives way each time.
            for (const until = performance.now() + 3; performance.now() < until;);
            await turns.take()
            resumed.push(turn)
          }
        }),
      ),
    )
    isOver = true
    expect(new Set(resumed).size).toBe(resumed.length)
  })
})

test('a turn that was long enough ends before the next event is looked at', async () => {
  const log = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => log.close())
  await log.append(
    'apollo',
    Array.from({ length: 60 }, (_, index) => ({ type: 'x-n', id: `n${index}` })),
  )
  let round = 0
  let isOver = false
  const count = () => {
    round += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const reads = openLongReads()
  const looked: number[] = []
  const matches = () => {
    // Longer than a turn may be.
    for (const until = performance.now() + 3; performance.now() < until;);
    looked.push(round)
    return false
  }
  await Promise.all(
    Array.from({ length: 2 }, () =>
      reads.run(undefined, (turns) => findEvents(log, 'apollo', { matches, limit: 5, scanLimit: 30, turns })),
    ),
  )
  isOver = true
  expect(looked.length).toBe(60)
  expect(new Set(looked).size).toBe(60)
})

describe('every reader of a log takes its turns', () => {
  let log: EventLog
  let taken: number
  let reads: number[]
  const turns: Turns = { isOver: () => true, take: async () => void (taken += 1) }

  beforeEach(async () => {
    ;[taken, reads] = [0, []]
    const file = join(temporaryFolder(), 'events.sqlite')
    const opened = await openSqliteLog({ file })
    endAfter('test', () => opened.close())
    const read: EventLog['read'] = async (project, range) => {
      const page = await opened.read(project, range)
      reads.push(JSON.stringify(page.events).length)
      return page
    }
    log = { ...opened, read }
  })
  const fill = async (count: number, text = '') => {
    const events = Array.from({ length: count }, (_, index) => ({ type: 'x-n' as const, id: `n${index}`, text }))
    for (let at = 0; at < count; at += 500) await log.append('apollo', events.slice(at, at + 500))
  }
  const nothing = { matches: () => false, limit: 5, scanLimit: 10_000 }
  const readers = {
    'a search': () => findEvents(log, 'apollo', { ...nothing, turns }),
    'a search of newer ones': () => findNewer(log, 'apollo', { ...nothing, after: 0, turns }),
    'a look back': () => stateAt({ eventLog: log, onError: () => undefined, turns }, 'apollo', '2000'),
    'a timeline': () => readLanes({ eventLog: log, onError: () => undefined, turns }, 'apollo', { from: 0, windowMs: 60_000, upTo: 2_000 }),
  }

  test.each(Object.entries(readers))('%s through small events', async (_, read) => {
    await fill(2_000)
    await read()
    expect(taken).toBeGreaterThanOrEqual(2_000)
    expect(Math.max(...reads)).toBeLessThan(300_000)
  })

  test.each(Object.entries(readers))('%s through large ones, a few at a time', async (_, read) => {
    await fill(2_000, 'x'.repeat(20_000))
    await read()
    expect(taken).toBeGreaterThanOrEqual(2_000 + (2_000 * 20_000) / 300_000)
    expect(Math.max(...reads)).toBeLessThan(300_000)
  })
})

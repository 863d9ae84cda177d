import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { WorkerPool } from '../../src/cluster/worker-pool.ts'
import { type SpawnedWorker, spawnWorker } from '../../src/cluster/spawn-worker.ts'
import { supervise } from '../../src/cluster/supervisor.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { endAfter } from '../support/ending.ts'
import { isAlive, pidsOf } from './workers.ts'
import { eventually, within } from '../support/eventually.ts'

const FALLING = [process.execPath, '-e', 'process.exit(1)']
const command = [process.execPath, join(import.meta.dir, 'deaf-worker.ts')]

test('a worker that was replaced and does not end by itself is ended', async () => {
  const spawned: SpawnedWorker[] = []
  const pool = new WorkerPool({
    count: 1,
    drainMs: 200,
    log: createLogger({ level: 'error', outputs: [], origin: {} }),
    onFailedStart: () => undefined,
    spawn(name) {
      const worker = spawnWorker({ command, name, onMessage: () => undefined })
      endAfter('test', worker.kill)
      spawned.push(worker)
      return worker
    },
  })
  await pool.ready
  const [first] = spawned
  pool.replace(first!)
  expect(await within(20_000, 'the end of the first', first!.ended)).toMatchObject({ signal: 'SIGKILL' })
  await eventually(() => spawned.length === 2)
  expect(await spawned[1]!.ready).toBe(true)
  await pool.drain(200)
})

test('a worker that falls again and again is started after ever longer pauses', async () => {
  const startedAt: number[] = []
  const pool = new WorkerPool({
    count: 1,
    drainMs: 200,
    log: createLogger({ level: 'error', outputs: [], origin: {} }),
    onFailedStart: () => undefined,
    spawn(name) {
      startedAt.push(performance.now())
      return spawnWorker({ command: FALLING, name, onMessage: () => undefined })
    },
  })
  await eventually(() => startedAt.length === 5, { withinMs: 20_000 })
  await pool.drain(200)
  const pauses = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0))
  // At once the first time, then half a second, one, two: what a process takes to fall comes on top.
  for (const [index, least] of [0, 500, 1_000, 2_000].entries()) expect(pauses[index]).toBeGreaterThanOrEqual(least)
  expect(startedAt).toHaveLength(5)
})

/** A log that the test reads. */
function readableLog() {
  const lines: string[] = []
  const log = createLogger({ level: 'info', outputs: [{ format: 'detailed', write: (line) => void lines.push(line) }] })
  return { log, text: () => lines.join('') }
}

/** A worker that serves until it is ended; the test's end is its own. */
function serving(name: string): SpawnedWorker {
  const worker = spawnWorker({ command, name, onMessage: () => undefined })
  endAfter('test', worker.kill)
  return worker
}

test('a worker that the system cannot start now is told of and tried again', async () => {
  const { log, text } = readableLog()
  const spawned: SpawnedWorker[] = []
  let refusals = 2
  const pool = new WorkerPool({
    ...{ count: 1, drainMs: 200, log, onFailedStart: () => undefined },
    spawn(name) {
      if (spawned.length === 1 && refusals-- > 0) throw new Error('no process is left')
      const worker = serving(name)
      spawned.push(worker)
      return worker
    },
  })
  await pool.ready
  spawned[0]?.kill()
  await eventually(() => spawned.length === 2, { withinMs: 20_000, else: text })
  expect(await spawned[1]?.ready).toBe(true)
  expect(text().match(/worker 1 cannot be started; it is tried again\n  Error: no process is left/g)).toHaveLength(2)
  await pool.drain(200)
})

test('a worker whose successor cannot be started serves on', async () => {
  const { log, text } = readableLog()
  const spawned: SpawnedWorker[] = []
  let isFull = false
  const pool = new WorkerPool({
    ...{ count: 1, drainMs: 200, log, onFailedStart: () => undefined },
    spawn(name) {
      if (isFull) throw new Error('no process is left')
      const worker = serving(name)
      spawned.push(worker)
      return worker
    },
  })
  await pool.ready
  isFull = true
  pool.replace(spawned[0]!)
  expect(text()).toMatch(/worker 1 cannot be replaced\n  Error: no process is left/)
  expect(isAlive(spawned[0]!.pid)).toBe(true)
  isFull = false
  pool.replace(spawned[0]!)
  await eventually(() => spawned.length === 2)
  await pool.drain(200)
})

test('what is sent to a worker that has just ended is dropped, and its sender goes on', async () => {
  const worker = serving('1')
  await worker.ready
  worker.kill()
  await worker.ended
  expect(() => worker.send({ type: 'collect' })).not.toThrow()
})

test('a supervisor that cannot tell that all serve says so, and goes on', async () => {
  const { log, text } = readableLog()
  const plan = { config: '', workers: 1, host: '127.0.0.1', port: 0, workerMemoryMb: 1_000, projects: [] }
  const running = supervise({
    ...{ command, plan, log, load: () => [], reopenLogs: () => undefined },
    onReady() {
      throw new Error('nobody listens')
    },
  })
  await eventually(() => text().includes('nobody listens'), { else: text })
  process.emit('SIGTERM', 'SIGTERM')
  await eventually(() => text().includes('draining'))
  const ended = running.then(() => true)
  await eventually(
    async () => {
      for (const pid of pidsOf(text()).filter(isAlive)) process.kill(pid, 'SIGKILL')
      return await Promise.race([ended, Bun.sleep(50)])
    },
    { withinMs: 20_000 },
  )
})

test('a worker whose figures cannot be gathered says why, and serves on', async () => {
  const told: string[] = []
  const blind = spawnWorker({
    ...{ command: [process.execPath, join(import.meta.dir, 'blind-worker.ts')], name: '1' },
    onMessage: (message) => void (message.type === 'figures' && told.push(JSON.stringify(message.figures))),
  })
  endAfter('test', blind.kill)
  blind.send({ type: 'start', start: { name: '1', config: '', port: 0, report: undefined, now: Date.now() } })
  expect(await blind.ready).toBe(true)
  blind.send({ type: 'collect' })
  await eventually(() => told.join().includes('the figures are out of sight'), { withinMs: 10_000 })
  expect(isAlive(blind.pid)).toBe(true)
})

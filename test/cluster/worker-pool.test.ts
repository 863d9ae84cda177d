import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { WorkerPool } from '../../src/cluster/worker-pool.ts'
import { type SpawnedWorker, spawnWorker } from '../../src/cluster/spawn-worker.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { endAfter } from '../support/ending.ts'
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

import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Crew } from '../../src/cluster/crew.ts'
import { type SpawnedWorker, spawnWorker } from '../../src/cluster/spawn-worker.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { endAfter } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'

const command = [process.execPath, join(import.meta.dir, 'deaf-worker.ts')]

test('a worker that was replaced and does not end by itself is ended', async () => {
  const spawned: SpawnedWorker[] = []
  const crew = new Crew({
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
  await crew.ready
  const [first] = spawned
  crew.replace(first!)
  expect(await within(20_000, 'the end of the first', first!.ended)).toMatchObject({ signal: 'SIGKILL' })
  await eventually(() => spawned.length === 2)
  expect(await spawned[1]!.ready).toBe(true)
  await crew.drain(200)
})

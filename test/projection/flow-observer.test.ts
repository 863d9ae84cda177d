import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openInProcessBus } from '../../src/bus/in-process.ts'
import { openFlowObserver } from '../../src/projection/flow-observer.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { storeAndAnnounce } from '../../src/ingest/accept/accept-events.ts'
import { openProjections } from '../../src/projection/open-projections.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

const PATH = ['design', 'test_red', 'code_green', 'refactor', 'commit']

/** A worker that stores and observes; `reads` counts the looks at its log. */
async function openWorker() {
  const sqlite = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  let reads = 0
  const eventLog: typeof sqlite = {
    ...sqlite,
    read(...asked) {
      reads += 1
      return sqlite.read(...asked)
    },
  }
  const bus = openInProcessBus()
  const fail = (error: unknown) => {
    throw error
  }
  const opened = await openProjections({ eventLog, bus, staleMinutes: 10, onError: fail })
  endAfter('test', async () => {
    await opened.close()
    await sqlite.close()
  })
  const metrics = createMetrics()
  const observe = openFlowObserver({ projections: opened.projections, metrics })
  async function store(project: string, states: readonly string[], story: string, isOurs = true) {
    const events = states.map((new_state, index) => ({
      type: 'tdd_transition',
      story_id: story,
      new_state,
      id: `${story}-${new_state}-${index}`,
    }))
    const stored = await storeAndAnnounce({ eventLog, bus }, project, events as never)
    if (isOurs) observe({ ...stored, project })
  }
  const counted = async () => Number(/visualizer_cycle_time_seconds_count\S* (\d+)/.exec(await metrics.render())?.[1] ?? 0)
  return { store, counted, projections: opened.projections, reads: () => reads }
}

test('what this worker stored is counted when it is delivered, without a look at the log', async () => {
  const worker = await openWorker()
  await worker.store('apollo', PATH.slice(0, 1), 's0')
  await worker.projections.view('apollo')
  const before = worker.reads()
  for (let turn = 1; turn <= 20; turn += 1) for (const state of PATH) await worker.store('apollo', [state], `s${turn}`)
  await eventually(async () => (await worker.counted()) === 20)
  expect(worker.reads()).toBe(before)
})

test('what another worker stored is counted by that one', async () => {
  const worker = await openWorker()
  await worker.store('apollo', PATH, 's1', false)
  await worker.store('apollo', PATH, 's2')
  await eventually(async () => (await worker.counted()) === 1)
  await worker.projections.fresh('apollo')
  expect(await worker.counted()).toBe(1)
})

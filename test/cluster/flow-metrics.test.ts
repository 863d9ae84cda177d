import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'
import { figureOf, statusOf } from './workers.ts'

const STORIES = 24

test('every worker folds what was reported, and one of them observes it', async () => {
  const server = await startServer({ env: { WORKERS: '3' } })
  const { url } = server
  const step = (story_id: string, new_state: string) => report(server, 'apollo', { type: 'tdd_transition', story_id, new_state })
  const workers = new Set<number>()
  for (let story = 0; story < STORIES; story++) {
    for (const state of ['design', 'test_red', 'code_green', 'commit']) await step(`s${story}`, state)
    workers.add((await statusOf(url)).worker.pid)
  }
  expect(workers.size).toBeGreaterThan(1)
  const counts = () =>
    Promise.all([
      ...['cycle_time', 'red_to_green'].map((what) => figureOf(server, `visualizer_${what}_seconds_count`)),
      figureOf(server, 'visualizer_projects{attention="idle"}'),
    ])
  await eventually(async () => (await counts()).join() === [STORIES, STORIES, 1].join())
  // Whoever folded it afterwards did not count it: the state is looked at by all, the figures stay.
  await Promise.all(Array.from({ length: 12 }, () => fetch(`${url}/api/v1/projects/apollo/flow`, { keepalive: false })))
  expect(await counts()).toEqual([STORIES, STORIES, 1])
}, 60_000)

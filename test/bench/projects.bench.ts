import { generateHistory } from '../support/histories.ts'
import { startChild } from './child.ts'
import { fillLog } from './filled-log.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atMost, atRate, cpuSecondsOfAll, median } from './measure.ts'
import { postEvents, positionOf } from './report.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'
import type { Cell } from './table.ts'

const COUNTS = [10, 1_000, 10_000]
const EVENTS_EACH = 10
const PER_SECOND = 100
const SECONDS = 4
const ROUNDS = 3
const VIEWERS = 20
const PATIENCE_MS = 60_000
/** From ten projects to ten thousand. */
const GROWTH_AIM = 1.5

type Costs = { projects: number; unwatched: number; project: number; overview: number; idle: number }

/** CPU µs of the server for each event to one of many projects: nobody watching, its page watched, the overview watched. */
async function measure(projects: number): Promise<Costs> {
  const dataDir = benchFolder()
  await fillLog(dataDir, { projects, eventsEach: EVENTS_EACH })
  const server = await startServer(dataDir, { readyWithinMs: PATIENCE_MS })
  let seed = projects
  const cost = async (): Promise<number> => {
    const rounds: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const events = generateHistory({ seed: (seed += 1), count: PER_SECOND * SECONDS })
      const before = cpuSecondsOfAll(server.pid)
      await atRate(PER_SECOND, SECONDS, (index) => postEvents(server.url, 'bench-7', { ...events[index]!, id: `${seed}-${index}` }))
      rounds.push(((cpuSecondsOfAll(server.pid) - before) * 1e6) / events.length)
    }
    return median(rounds)
  }
  try {
    const before = cpuSecondsOfAll(server.pid)
    await Bun.sleep(SECONDS * 1_000)
    const idle = ((cpuSecondsOfAll(server.pid) - before) * 100) / SECONDS
    const unwatched = await cost()
    const project = await watched(server.port, `/live/projects/bench-7?since=${await positionOf(server.url, 'bench-7')}`, cost)
    const overview = await watched(server.port, '/live/', cost)
    return { projects, unwatched, project, overview, idle }
  } finally {
    await server.end('SIGTERM')
  }
}

async function watched(port: number, path: string, cost: () => Promise<number>): Promise<number> {
  const viewers = startChild<ViewersQuestion, Heard>('viewers.ts')
  try {
    await viewers.ask({ ask: 'open', group: 'viewers', port, paths: [path], count: VIEWERS }, PATIENCE_MS)
    return await cost()
  } finally {
    await viewers.end()
  }
}

export const projectsBench: Bench = {
  name: 'projects',
  async run() {
    const costs: Costs[] = []
    for (const projects of COUNTS) costs.push(await measure(projects))
    const [few, many] = [costs[0]!, costs.at(-1)!]
    const growth = (of: (one: Costs) => number): Cell => atMost(of(many) / of(few), GROWTH_AIM, 'times')
    return [
      {
        title: `CPU of an event to one of many projects, ${PER_SECOND} events/s one by one, medians of ${ROUNDS} rounds of ${SECONDS} s, µs an event`,
        columns: ['projects', 'nobody watches', `${VIEWERS} watch the project`, `${VIEWERS} watch the overview`, 'idle, % of a core'],
        rows: [
          ...costs.map(({ projects, unwatched, project, overview, idle }) => [projects, unwatched, project, overview, idle]),
          ['growth', growth((one) => one.unwatched), growth((one) => one.project), growth((one) => one.overview), ''],
        ],
      },
    ]
  },
}

import { startServer, benchFolder, type BenchedServer } from './server.ts'
import { fillLog } from './filled-log.ts'
import { type FrameReader, eventsTold, pongFrame, readFrames, upgradeRequest } from './load/frames.ts'
import { atMost, atRate, clock, cpuSecondsOfAll, quantile, residentBytes } from './measure.ts'
import { postEvents } from './report.ts'
import type { Bench } from './run.ts'

const COUNTS = [400, 1_000, 10_000]
const WATCHED = 1_000
const PER_SECOND = 250
const SECONDS = 20
const WARM_BATCH = 100
const PATIENCE_MS = 120_000
/** From four hundred projects at work to ten thousand. */
const GROWTH_AIM = 1.3

type Costs = { projects: number; watched: number; cpu: number; p50: number; p99: number; mib: number }

const nameOf = (index: number) => `bench-${index}`
const work = (index: number, turn: string) => ({
  ...{ type: 'agent_activity' as const, agent_id: 'a', agent_type: 'CodeAgent', action: 'task_execution', status: 'started' as const },
  ...{ tool: 'Bash', detail: { command: `npm test -- --run part-${index}` }, id: `${turn}-${index}` },
})

/** Watches a project's page, and tells each event's way from its report to the frame. */
async function watch(port: number, project: string, tell: (arrivedAt: number) => void): Promise<void> {
  const viewer: FrameReader = { isOpen: false, rest: undefined }
  const { promise: welcomed, resolve, reject } = Promise.withResolvers<void>()
  const text = (buffer: Buffer, _from: number, to: number) => {
    resolve()
    if ((eventsTold(buffer, to) ?? 0) > 0) tell(clock())
  }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (connection, chunk) => readFrames(viewer, chunk, { text, ping: (payload) => void connection.write(pongFrame(payload)) }),
      close: () => reject(new Error(`the websocket of ${project} was closed`)),
    },
  })
  socket.write(upgradeRequest(port, `/live/projects/${project}`))
  await welcomed
}

/** All projects are at work, and a thousand of them are watched, spread over all. */
async function measure(projects: number): Promise<Costs> {
  const dataDir = benchFolder()
  await fillLog(dataDir, { projects, eventsEach: 3 })
  const server = await startServer(dataDir, { readyWithinMs: PATIENCE_MS })
  try {
    return await measureOn(server, projects)
  } finally {
    await server.end('SIGKILL')
  }
}

async function measureOn({ url, port, pid }: BenchedServer, projects: number): Promise<Costs> {
  const post = (index: number, turn: string) => postEvents(url, nameOf(index), work(index, turn))
  for (let from = 0; from < projects; from += WARM_BATCH) {
    await Promise.all(Array.from({ length: Math.min(WARM_BATCH, projects - from) }, (_, index) => post(from + index, 'warm')))
  }
  const toldAt = new Map<number, number>()
  const latencies: number[] = []
  const watched = Math.min(WATCHED, projects)
  for (let index = 0; index < watched; index += 1) {
    const project = Math.floor((index * projects) / watched)
    await watch(port, nameOf(project), (arrivedAt) => {
      const at = toldAt.get(project)
      if (at !== undefined) latencies.push(arrivedAt - at)
    })
  }
  const before = cpuSecondsOfAll(pid)
  // A step that has no divisor with the number of projects: every one has its turn.
  await atRate(PER_SECOND, SECONDS, (index) => {
    const project = (index * 7_919) % projects
    toldAt.set(project, clock())
    return post(project, `turn-${index}`)
  })
  const cpu = ((cpuSecondsOfAll(pid) - before) * 1e6) / (PER_SECOND * SECONDS)
  return { projects, watched, cpu, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), mib: residentBytes(pid) / 2 ** 20 }
}

export const activeProjectsBench: Bench = {
  name: 'active-projects',
  async run() {
    const costs: Costs[] = []
    for (const projects of COUNTS) costs.push(await measure(projects))
    const [few, many] = [costs[0]!, costs.at(-1)!]
    return [
      {
        title: `All projects at work, ${PER_SECOND} events/s over all of them one by one for ${SECONDS} s, up to ${WATCHED} pages watched`,
        columns: ['projects', 'watched', 'CPU µs an event', 'report to frame p50 ms', 'p99 ms', 'memory MiB'],
        rows: [
          ...costs.map(({ projects, watched, cpu, p50, p99, mib }) => [projects, watched, cpu, p50, p99, mib]),
          ['growth', '', atMost(many.cpu / few.cpu, GROWTH_AIM, 'times'), '', `${(many.p99 / few.p99).toFixed(2)} times`, ''],
        ],
      },
    ]
  },
}

import { generateHistory } from '../support/histories.ts'
import { startChild } from './child.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atRate, clock, cpuSecondsOfAll, median } from './measure.ts'
import { startRedis } from './redis-server.ts'
import { postEvents, positionOf } from './report.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'
import type { Cell } from './table.ts'

const WORKERS = [1, 2, 4]
const VIEWERS = 2_000
const PER_SECOND = 10
const SECONDS = 8
const ROUNDS = 3
const PATIENCE_MS = 60_000

type Place = { name: string; workers: number; env: Record<string, string> }

/** The same viewers and reports, whoever serves them. */
async function measure({ name, workers, env }: Place): Promise<Cell[]> {
  const server = await startServer(benchFolder(), { env: { ...env, WORKERS: String(workers) } })
  const viewers = startChild<ViewersQuestion, Heard>('viewers.ts')
  const rounds: (Heard & { cpuMicros: number })[] = []
  try {
    await postEvents(server.url, 'bench', generateHistory({ seed: 1, count: 200 }))
    const path = `/live/projects/bench?since=${await positionOf(server.url, 'bench')}`
    await viewers.ask({ ask: 'open', group: 'all', port: server.port, paths: [path], count: VIEWERS }, PATIENCE_MS)
    for (let round = 0; round <= ROUNDS; round++) {
      const events = generateHistory({ seed: 10 + round, count: PER_SECOND * SECONDS })
      const toldAt: number[] = []
      await viewers.ask({ ask: 'forget', group: 'all' }, PATIENCE_MS)
      const before = cpuSecondsOfAll(server.pid)
      await atRate(PER_SECOND, SECONDS, async (index) => {
        toldAt.push(clock())
        await postEvents(server.url, 'bench', { ...events[index]!, id: `${round}-${index}` })
      })
      const heard = await viewers.ask({ ask: 'heard', group: 'all', toldAt, waitMs: 5_000 }, PATIENCE_MS)
      // The first round warms up.
      if (round > 0) rounds.push({ ...heard, cpuMicros: ((cpuSecondsOfAll(server.pid) - before) * 1e6) / heard.frames })
    }
  } finally {
    await viewers.end()
    await server.end('SIGTERM')
  }
  const of = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure))
  const incomplete = rounds.reduce((sum, round) => sum + round.incomplete, 0)
  return [
    name,
    workers,
    incomplete,
    of(({ frames }) => frames),
    of(({ p50 }) => p50),
    of(({ p99 }) => p99),
    of(({ cpuMicros }) => cpuMicros),
  ]
}

export const workersBench: Bench = {
  name: 'workers',
  async run() {
    const redis = await startRedis()
    const places = [
      { name: 'embedded', workers: 1, env: {} },
      ...WORKERS.map((workers) => ({ name: 'through Redis', workers, env: { REDIS_URL: redis.url } })),
    ]
    const rows: Cell[][] = []
    try {
      for (const place of places) {
        await redis.empty()
        rows.push(await measure(place))
      }
    } finally {
      await redis.end()
    }
    return [
      {
        title: `${VIEWERS.toLocaleString('en')} viewers of one project, ${PER_SECOND} events/s, ${ROUNDS} rounds of ${SECONDS} s (medians); CPU of all workers and their supervisor`,
        columns: ['engines', 'workers', 'viewers that missed some', 'frames delivered', 'p50 ms', 'p99 ms', 'CPU µs/frame'],
        rows,
      },
    ]
  },
}

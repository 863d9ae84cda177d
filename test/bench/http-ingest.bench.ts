import { freePort } from '../support/ports.ts'
import { startChild } from './child.ts'
import type { Reported, ReportersQuestion } from './load/reporters.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atLeast, cpuSecondsOfAll, median, quantile } from './measure.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'
import type { Cell, Table } from './table.ts'

const AIM = 30_000
const BATCH = 100
const CONNECTIONS = 16
const PROJECTS = Array.from({ length: 10 }, (_, index) => `bench-${index}`)
const VIEWERS = 200
const SECONDS = 4
const ROUNDS = 3
const PATIENCE_MS = 60_000

type Round = Reported & { cpuMicros: number }
type Target = { urls: string[]; pid: number }

async function open() {
  const server = await startServer(benchFolder())
  const bare = startChild<{ port: number }, true>('bare-parser.ts')
  const reporters = startChild<ReportersQuestion, Reported>('reporters.ts')
  const viewers = startChild<ViewersQuestion, Heard>('viewers.ts')
  const barePort = await freePort()
  await bare.ask({ port: barePort }, PATIENCE_MS)

  const ours: Target = { urls: PROJECTS.map((name) => `${server.url}/api/v1/projects/${name}/events`), pid: server.pid }
  const peer: Target = { urls: PROJECTS.map((name) => `http://127.0.0.1:${barePort}/${name}`), pid: bare.pid }

  async function measure({ urls, pid }: Target, seconds = SECONDS): Promise<Round> {
    const usedBefore = cpuSecondsOfAll(pid)
    const reported = await reporters.ask({ urls, connections: CONNECTIONS, seconds, batch: BATCH }, PATIENCE_MS)
    if (reported.refused.length > 0) throw new Error(`refused: ${reported.refused[0]}`)
    return { ...reported, cpuMicros: ((cpuSecondsOfAll(pid) - usedBefore) * 1e6) / reported.events }
  }
  /** Half of them on the overview, half on the projects that are reported on. */
  async function watch() {
    const paths = PROJECTS.flatMap((name) => ['/live/', `/live/projects/${name}`])
    await viewers.ask({ ask: 'open', group: 'viewers', port: server.port, paths, count: VIEWERS }, PATIENCE_MS)
  }
  const unwatch = () => viewers.ask({ ask: 'close', group: 'viewers' }, PATIENCE_MS)
  const end = async () => {
    await Promise.all([bare.end(), reporters.end(), viewers.end()])
    await server.end('SIGTERM')
  }
  return { ours, peer, measure, watch, unwatch, end }
}

const perSecond = ({ events, seconds }: Round) => events / seconds

function row(name: string, rounds: Round[], aim: number | undefined): Cell[] {
  const rate = median(rounds.map(perSecond))
  const answers = rounds.flatMap((round) => [...round.answers])
  const cpu = median(rounds.map(({ cpuMicros }) => cpuMicros))
  return [name, rate, cpu, quantile(answers, 0.5), quantile(answers, 0.99), aim === undefined ? '' : atLeast(rate, aim, 'events/s')]
}

export const httpIngest: Bench = {
  name: 'http-ingest',
  async run(): Promise<Table[]> {
    const { ours, peer, measure, watch, unwatch, end } = await open()
    const rounds = { alone: [] as Round[], watched: [] as Round[], bare: [] as Round[] }
    try {
      for (const target of [ours, peer]) await measure(target, 2)
      for (let round = 0; round < ROUNDS; round++) {
        rounds.alone.push(await measure(ours))
        rounds.bare.push(await measure(peer))
        await watch()
        rounds.watched.push(await measure(ours))
        await unwatch()
      }
    } finally {
      await end()
    }
    const bytes = Math.round((rounds.alone[0]?.bodyBytes ?? 0) / BATCH)
    return [
      {
        title: `Events accepted over HTTP: batches of ${BATCH}, ${bytes} bytes each, ${PROJECTS.length} projects, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s (medians)`,
        columns: ['server', 'events/s', 'CPU µs/event', 'p50 ms', 'p99 ms', 'aim'],
        rows: [
          row('visualizer, nobody watches', rounds.alone, AIM),
          row(`visualizer, ${VIEWERS} viewers`, rounds.watched, AIM),
          row('bare JSON.parse and 202', rounds.bare, undefined),
        ],
      },
    ]
  },
}

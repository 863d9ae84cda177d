import { generateHistory } from '../support/histories.ts'
import { startChild } from './child.ts'
import { fillLog } from './filled-log.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atMost, atRate, clock, cpuSecondsOfAll, median, quantile } from './measure.ts'
import { postEvents } from './report.ts'
import type { Bench } from './run.ts'
import { type BenchedServer, benchFolder, startServer } from './server.ts'

const PROJECTS = 1_000
const EVENTS_EACH = 200
const VIEWERS = 500
const PER_SECOND = 10
const READS_PER_SECOND = 50
/** At that rate, beside everything else. */
const READ_P99_AIM_MS = 100
const SECONDS = 8
const ROUNDS = 3
const PATIENCE_MS = 60_000

type Round = Heard & { cpuShare: number; reads: number[] }

async function measure(server: BenchedServer, viewers: ReturnType<typeof startViewers>, seed: number): Promise<Round> {
  const events = generateHistory({ seed, count: PER_SECOND * SECONDS })
  const toldAt: number[] = []
  const reads: number[] = []
  await viewers.ask({ ask: 'forget', group: 'viewers' }, PATIENCE_MS)
  const [usedBefore, beganAt] = [cpuSecondsOfAll(server.pid), clock()]
  const reporting = atRate(PER_SECOND, SECONDS, async (index) => {
    toldAt.push(clock())
    await postEvents(server.url, `bench-${(index * 389 + seed) % PROJECTS}`, events[index]!)
  })
  const reading = atRate(READS_PER_SECOND, SECONDS, async () => {
    const askedAt = clock()
    await (await fetch(server.url)).text()
    reads.push(clock() - askedAt)
  })
  await Promise.all([reporting, reading])
  const cpuShare = (100 * (cpuSecondsOfAll(server.pid) - usedBefore)) / ((clock() - beganAt) / 1_000)
  const heard = await viewers.ask({ ask: 'heard', group: 'viewers', toldAt, waitMs: 5_000 }, PATIENCE_MS)
  return { ...heard, cpuShare, reads }
}

const startViewers = () => startChild<ViewersQuestion, Heard>('viewers.ts')

export const overview: Bench = {
  name: 'overview',
  async run() {
    const dataDir = benchFolder()
    await fillLog(dataDir, { projects: PROJECTS, eventsEach: EVENTS_EACH })
    const server = await startServer(dataDir)
    const viewers = startViewers()
    const rounds: Round[] = []
    try {
      await viewers.ask({ ask: 'open', group: 'viewers', port: server.port, paths: ['/live/'], count: VIEWERS }, PATIENCE_MS)
      await measure(server, viewers, 1)
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(server, viewers, 2 + round))
    } finally {
      await viewers.end()
      await server.end('SIGTERM')
    }
    const of = (figure: (round: Round) => number) => median(rounds.map(figure))
    const missing = rounds.reduce((sum, { incomplete, sequences }) => sum + incomplete + sequences - 1, 0)
    const sizes = rounds.flatMap(({ sample }) => sample.map(({ text }) => Buffer.byteLength(text)))
    return [
      {
        title: `Overview of ${PROJECTS.toLocaleString('en')} projects, ${PER_SECOND} events/s, ${VIEWERS} viewers, ${READS_PER_SECOND} GET /s, ${ROUNDS} rounds of ${SECONDS} s (medians)`,
        columns: [
          'missing',
          'report to frame p50 ms',
          'p99 ms',
          'GET / p50 ms',
          'p99 ms',
          'aim',
          'CPU % of a core',
          'frame p50 bytes',
          'p99 bytes',
        ],
        rows: [
          [
            missing,
            of(({ p50 }) => p50),
            of(({ p99 }) => p99),
            of(({ reads }) => quantile(reads, 0.5)),
            of(({ reads }) => quantile(reads, 0.99)),
            atMost(
              of(({ reads }) => quantile(reads, 0.99)),
              READ_P99_AIM_MS,
              'ms',
            ),
            of(({ cpuShare }) => cpuShare),
            quantile(sizes, 0.5),
            quantile(sizes, 0.99),
          ],
        ],
      },
    ]
  },
}

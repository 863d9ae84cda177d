import { freePort } from '../support/ports.ts'
import { generateHistory } from '../support/histories.ts'
import { startChild } from './child.ts'
import type { PublishQuestion } from './load/bare-publisher.ts'
import type { Heard, ViewersQuestion } from './load/viewers.ts'
import { atMost, atRate, clock, cpuSeconds, cpuSecondsOfAll, median, quantile } from './measure.ts'
import { postEvents, positionOf } from './report.ts'
import { benchFolder, startServer } from './server.ts'
import type { Bench } from './run.ts'
import type { Table } from './table.ts'

const VIEWERS = 5_000
const PER_SECOND = 10
const SECONDS = 10
const ROUNDS = 3
const PATIENCE_MS = 30_000
const RATIO_AIM = 1.5
/** Larger frames are not merged into one write. */
const MERGED_BYTES = 16 * 1024

type Round = Heard & { posted: number; cpuMicros: number }
type Places = { viewers: ReturnType<typeof startViewers>; bare: ReturnType<typeof startBare>; url: string; pid: number }

const startViewers = () => startChild<ViewersQuestion, Heard>('viewers.ts')
const startBare = () => startChild<PublishQuestion, number[]>('bare-publisher.ts')

/** One event at a time to a project that everybody watches. */
async function ours({ viewers, url, pid }: Places, seed: number): Promise<Round> {
  const events = generateHistory({ seed, count: PER_SECOND * SECONDS })
  const toldAt: number[] = []
  await viewers.ask({ ask: 'forget', group: 'ours' }, PATIENCE_MS)
  const usedBefore = cpuSecondsOfAll(pid)
  await atRate(PER_SECOND, SECONDS, async (index) => {
    toldAt.push(clock())
    await postEvents(url, 'bench', events[index]!)
  })
  const heard = await viewers.ask({ ask: 'heard', group: 'ours', toldAt, waitMs: 5_000 }, PATIENCE_MS)
  return { ...heard, posted: toldAt.length, cpuMicros: ((cpuSecondsOfAll(pid) - usedBefore) * 1e6) / heard.frames }
}

/** The same bytes at the same pace from a server that does nothing else. */
async function theirs({ viewers, bare }: Places, { sample }: Heard): Promise<Round> {
  const [first] = sample
  const frames = sample.map(({ at, text }) => ({ at: at - (first?.at ?? 0), text }))
  await viewers.ask({ ask: 'forget', group: 'bare' }, PATIENCE_MS)
  const usedBefore = cpuSeconds(bare.pid)
  const sentAt = await bare.ask({ frames }, PATIENCE_MS)
  // A frame may tell of several events, or of none: each counts as told when the frame was sent.
  const toldAt = sample.flatMap(({ events }, index) => Array.from({ length: events }, () => sentAt[index] ?? Number.NaN))
  const heard = await viewers.ask({ ask: 'heard', group: 'bare', toldAt, waitMs: 5_000 }, PATIENCE_MS)
  return { ...heard, posted: toldAt.length, cpuMicros: ((cpuSeconds(bare.pid) - usedBefore) * 1e6) / heard.frames }
}

async function open(): Promise<Places & { end(): Promise<void> }> {
  const [server, viewers, bare] = [await startServer(benchFolder()), startViewers(), startBare()]
  for (const seed of [1, 2, 3, 4, 5]) await postEvents(server.url, 'bench', generateHistory({ seed, count: 100 }))
  const barePort = await freePort()
  await bare.ask({ port: barePort }, PATIENCE_MS)
  const path = `/live/projects/bench?since=${await positionOf(server.url, 'bench')}`
  await viewers.ask({ ask: 'open', group: 'ours', port: server.port, paths: [path], count: VIEWERS }, PATIENCE_MS)
  await viewers.ask({ ask: 'open', group: 'bare', port: barePort, paths: ['/'], count: VIEWERS }, PATIENCE_MS)
  const end = async () => {
    await Promise.all([viewers.end(), bare.end()])
    await server.end('SIGTERM')
  }
  return { viewers, bare, url: server.url, pid: server.pid, end }
}

function delivery(rounds: Round[]): string {
  const frames = rounds.reduce((sum, round) => sum + round.frames, 0)
  const missing = rounds.reduce((sum, round) => sum + round.incomplete + round.sequences - 1, 0)
  return missing === 0 ? `all ${frames.toLocaleString('en')}` : `${missing} viewers MISSED some`
}

function tables(mine: Round[], bare: Round[]): Table[] {
  const of = (rounds: Round[], figure: (round: Round) => number) => median(rounds.map(figure))
  const line = (name: string, rounds: Round[]) =>
    [name, delivery(rounds), of(rounds, (it) => it.p50), of(rounds, (it) => it.p99), of(rounds, (it) => it.cpuMicros)] as const
  const ratio = median(mine.map((round, index) => round.cpuMicros / bare[index]!.cpuMicros))
  const sizes = mine.flatMap(({ sample }) => sample.map(({ text }) => Buffer.byteLength(text)))
  return [
    {
      title: `${VIEWERS.toLocaleString('en')} viewers of one project, ${PER_SECOND} events/s, ${ROUNDS} rounds of ${SECONDS} s (medians)`,
      columns: ['server', 'frames delivered', 'p50 ms', 'p99 ms', 'CPU µs/frame', 'aim'],
      rows: [
        [...line('visualizer, from report to frame', mine), ''],
        [...line('bare server.publish, from publish to frame', bare), ''],
        ['ratio of CPU', '', '', '', ratio, atMost(ratio, RATIO_AIM, 'times')],
      ],
    },
    {
      title: 'Sizes of these frames',
      columns: ['frames', 'p50 bytes', 'p99 bytes', 'largest', `≥ ${MERGED_BYTES} bytes`],
      rows: [
        [
          sizes.length,
          quantile(sizes, 0.5),
          quantile(sizes, 0.99),
          Math.max(...sizes),
          sizes.filter((size) => size >= MERGED_BYTES).length,
        ],
      ],
    },
  ]
}

export const fanOut: Bench = {
  name: 'fan-out',
  async run() {
    const places = await open()
    try {
      await theirs(places, await ours(places, 100))
      const [mine, bare]: [Round[], Round[]] = [[], []]
      for (let round = 0; round < ROUNDS; round++) {
        const heard = await ours(places, 200 + round)
        mine.push(heard)
        bare.push(await theirs(places, heard))
      }
      return tables(mine, bare)
    } finally {
      await places.end()
    }
  },
}

import { atMost, cpuSecondsOfAll, quantile } from './measure.ts'
import { fillLog } from './filled-log.ts'
import type { Bench } from './run.ts'
import { type BenchedServer, benchFolder, startServer } from './server.ts'

const EVENTS = 1_000_000
const MOMENTS = 20
const AIM_MS = 300
const READY_WITHIN_MS = 180_000
const PROJECT = '/projects/bench-0'

/** The same ones in every run. */
function randomMoments(seed: number): number[] {
  let state = seed
  return Array.from({ length: MOMENTS }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return 1 + Math.floor((state / 2_147_483_648) * EVENTS)
  })
}

async function opened(url: string): Promise<number> {
  const beganAt = performance.now()
  const answer = await fetch(url, { headers: { accept: 'text/html' } })
  const text = await answer.text()
  const ms = performance.now() - beganAt
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 200)}`)
  return ms
}

type Measured = { ms: number[]; cpuMs: number }

const row = (what: string, { ms, cpuMs }: Measured) => {
  const longest = Math.max(...ms)
  return [what, quantile(ms, 0.5), quantile(ms, 0.95), longest, cpuMs, atMost(Math.round(longest), AIM_MS, 'ms')]
}

/** One after the other, as a person would open them; `cpuMs` is what each took of a processor, whatever else the machine did. */
async function measured(server: BenchedServer, addressOf: (at: number) => string, seed = 7): Promise<Measured> {
  const ms: number[] = []
  const before = cpuSecondsOfAll(server.pid)
  for (const at of randomMoments(seed)) ms.push(await opened(`${server.url}${addressOf(at)}`))
  return { ms, cpuMs: ((cpuSecondsOfAll(server.pid) - before) * 1_000) / MOMENTS }
}

export const timeTravel: Bench = {
  name: 'time-travel',
  async run() {
    const dataDir = benchFolder()
    await fillLog(dataDir, { projects: 1, eventsEach: EVENTS })
    // The first start folds the whole log and leaves snapshots on its way; the second finds them, and nothing in memory.
    const first = await startServer(dataDir, { readyWithinMs: READY_WITHIN_MS })
    await opened(`${first.url}${PROJECT}`)
    await first.end('SIGTERM')
    const server = await startServer(dataDir, { readyWithinMs: READY_WITHIN_MS })
    const page = (at: number) => `${PROJECT}?at=${at}`
    const rows = [
      row('page, cold', await measured(server, page)),
      row('page, warm', await measured(server, page)),
      row('page, other moments', await measured(server, page, 11)),
      row('page compared with now', await measured(server, (at) => `${page(at)}&compare=now`)),
      row('next change of state', await measured(server, (at) => `${page(at)}&step=next`)),
      row('API state', await measured(server, (at) => `/api/v1${PROJECT}/state?at=${at}`)),
    ]
    await server.end('SIGTERM')
    return [
      {
        title: `A project of ${EVENTS.toLocaleString('en')} events: opening ${MOMENTS} moments at random over HTTP, one after the other`,
        columns: ['what', 'p50 ms', 'p95 ms', 'longest ms', 'CPU ms, mean', 'aim'],
        rows,
      },
    ]
  },
}

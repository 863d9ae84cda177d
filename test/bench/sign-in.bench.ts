import { cookieFor, linkCode, makeToken, SECRET_KEY } from '../support/signed-in.ts'
import { generateHistory } from '../support/histories.ts'
import { atMost, cpuSecondsOfAll, median } from './measure.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'

const ROUNDS = 10
const REQUESTS = 150
const VIEWERS = 100
const EVENTS = 200
const AIM_MS = 0.2
const AIM_SHARE = 3
const PROJECT = 'bench'

type Side = { name: string; url: string; pid: number; headers: Record<string, string>; end(): Promise<void> }

async function openSide(name: string, env: Record<string, string>): Promise<Omit<Side, 'headers'> & { dataDir: string }> {
  const dataDir = benchFolder()
  // So many requests in a row would be refused.
  const server = await startServer(dataDir, { env: { ...env, APP_ENV: 'development', RATE_LIMITING: 'false' } })
  return { name, url: server.url, pid: server.pid, dataDir, end: () => server.end('SIGTERM') }
}

/** The same service twice: open to this machine, and one that asks who comes, with a session and an ingest token. */
async function openSides(): Promise<{ sides: Side[]; report(side: Side, events: readonly object[]): Promise<void> }> {
  const open = await openSide('open', { AUTH: 'open' })
  const env = { AUTH: 'token', SECRET_KEY }
  const asks = await openSide('signed in', env)
  const place = { dataDir: asks.dataDir, env }
  const cookie = await cookieFor(asks.url, await linkCode(place))
  const token = await makeToken(place, '--scopes', 'ingest')
  const sides = [
    { ...open, headers: {} },
    { ...asks, headers: { cookie, origin: asks.url } },
  ]
  return {
    sides,
    async report({ url, name }, events) {
      const authorization: Record<string, string> = name === 'open' ? {} : { authorization: `Bearer ${token}` }
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...authorization }, body: JSON.stringify(events) }
      const answer = await fetch(`${url}/api/v1/projects/${PROJECT}/events`, init)
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`)
      await answer.arrayBuffer()
    },
  }
}

/** ms a request, one after the other, and µs of processor time of the service. */
async function askMany({ url, pid, headers }: Side, path: string): Promise<{ ms: number; cpuUs: number }> {
  const cpu = cpuSecondsOfAll(pid)
  const beganAt = performance.now()
  for (let count = 0; count < REQUESTS; count++) {
    const answer = await fetch(`${url}${path}`, { headers })
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`)
    await answer.arrayBuffer()
  }
  return { ms: (performance.now() - beganAt) / REQUESTS, cpuUs: ((cpuSecondsOfAll(pid) - cpu) * 1e6) / REQUESTS }
}

const inTurn = <T>(list: T[], round: number): T[] => (round % 2 === 0 ? list : list.toReversed())

async function requests(sides: readonly Side[], path: string) {
  const found = sides.map(() => ({ ms: [] as number[], cpuUs: [] as number[] }))
  for (let round = 0; round < ROUNDS; round++) {
    // Whoever is asked first finds another machine than whoever is asked next.
    for (const [index, side] of inTurn([...sides.entries()], round)) {
      const { ms, cpuUs } = await askMany(side, path)
      if (round > 1) found[index]?.ms.push(ms)
      if (round > 1) found[index]?.cpuUs.push(cpuUs)
    }
  }
  const [open, asks] = found.map(({ ms, cpuUs }) => ({ ms: Math.min(...ms), cpuUs: median(cpuUs) }))
  const more = (asks?.ms ?? 0) - (open?.ms ?? 0)
  return [path, open?.ms ?? 0, asks?.ms ?? 0, more, open?.cpuUs ?? 0, asks?.cpuUs ?? 0, atMost(more, AIM_MS, 'ms more')]
}

/** Opens viewers of the project's page, each as the side's viewer. */
async function openViewers({ url, headers }: Side): Promise<WebSocket[]> {
  const address = `${url.replace('http', 'ws')}/live/projects/${PROJECT}`
  return Promise.all(
    Array.from(
      { length: VIEWERS },
      () =>
        new Promise<WebSocket>((resolve, reject) => {
          const socket = new WebSocket(address, { headers } as never)
          socket.addEventListener('message', () => resolve(socket), { once: true })
          socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)))
        }),
    ),
  )
}

async function frames(sides: readonly Side[], report: (side: Side, events: readonly object[]) => Promise<void>) {
  const sockets = await Promise.all(sides.map(openViewers))
  const cpu = sides.map(() => [] as number[])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, side] of inTurn([...sides.entries()], round)) {
      const events = generateHistory({ seed: 100 + round, count: EVENTS })
      const before = cpuSecondsOfAll(side.pid)
      for (let from = 0; from < EVENTS; from += 4) {
        await report(side, events.slice(from, from + 4))
        await Bun.sleep(2)
      }
      await Bun.sleep(100)
      if (round > 1) cpu[index]?.push(((cpuSecondsOfAll(side.pid) - before) * 1e6) / EVENTS)
    }
  }
  for (const socket of sockets.flat()) socket.close()
  const [open = 0, asks = 0] = cpu.map(median)
  const share = (asks / open - 1) * 100
  return [`${VIEWERS} viewers`, open, asks, share, atMost(share, AIM_SHARE, '% more')]
}

export const signIn: Bench = {
  name: 'sign-in',
  async run() {
    const { sides, report } = await openSides()
    try {
      for (const side of sides) await report(side, generateHistory({ seed: 1, count: 200 }))
      const rows = []
      for (const path of ['/api/v1/projects', `/projects/${PROJECT}`, '/']) rows.push(await requests(sides, path))
      return [
        {
          title: `Requests of somebody who is known by a session, against an open service (${ROUNDS} rounds in turns)`,
          columns: ['address', 'least ms open', 'ms signed in', 'ms more', 'µs CPU open', 'µs CPU signed in', 'aim'],
          rows,
        },
        {
          title: `Processor time an event that is drawn and sent, in turns`,
          columns: ['to', 'µs open', 'µs signed in', '% more', 'aim'],
          rows: [await frames(sides, report)],
        },
      ]
    } finally {
      await Promise.all(sides.map((side) => side.end()))
    }
  },
}

import { beforeAll, expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { report } from '../support/report.ts'
import { type RunningServer, runProgram, startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'
import { isAlive, pidsOf, statusOf } from './workers.ts'

const WORKERS = { WORKERS: '4' }

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ env: WORKERS, lifetime: 'file' })
})

test('four workers answer at one port, and each knows what it is called', async () => {
  const seen = new Map<number, string>()
  await eventually(async () => {
    const { id, pid } = (await statusOf(server.url)).worker
    seen.set(pid, id)
    return seen.size === 4
  })
  expect([...seen.values()].toSorted()).toEqual(['1', '2', '3', '4'])
  expect([...seen.keys()].toSorted()).toEqual(pidsOf(server.logs()).toSorted())
  expect(server.logs().match(/server ready on/g)).toHaveLength(1)
}, 60_000)

test('what is reported to one worker is shown at once by all others', async () => {
  await report(server, 'apollo', { type: 'x-first' })
  const viewers = Array.from({ length: 12 }, () => watchProject([server.url], 'apollo'))
  await eventually(() => viewers.every((viewer) => viewer.isOpen() && viewer.since() !== ''))
  for (let number = 0; number < 20; number++) await report(server, 'apollo', { type: 'x-next', number })
  // Sooner than workers look at the log by themselves, every 5 s: it is the bus that tells.
  await eventually(() => viewers.every((viewer) => viewer.since().endsWith(':21')), { withinMs: 3_000 })
  expect(viewers.flatMap((viewer) => viewer.problems())).toEqual([])
  expect(viewers.map((viewer) => viewer.connections())).toEqual(viewers.map(() => 1))
}, 60_000)

test('a port where somebody listens is refused, even if he shares it', async () => {
  const port = await freePort()
  await using _stranger = Bun.serve({ port, hostname: 'localhost', reusePort: true, fetch: () => new Response() })
  const { exitCode, stderr } = await runProgram(['serve', '--port', String(port)], WORKERS)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`port ${port} on localhost is taken`)
}, 60_000)

test('workers whose supervisor is killed go by themselves, and leave the port', async () => {
  const pids = pidsOf(server.logs())
  expect(pids).toHaveLength(4)
  await server.kill()
  await eventually(() => !pids.some(isAlive), { withinMs: 15_000 })
  await server.restart()
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
}, 60_000)

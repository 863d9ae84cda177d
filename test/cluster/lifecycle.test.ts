import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { endAfter } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'
import { reportSteadily } from '../support/steady-reports.ts'
import { watchProject } from '../support/viewer.ts'
import { figureOf, isAlive, pidsOf, statusOf } from './workers.ts'

test('a worker that dies is said and replaced, and nothing that was acknowledged is lost', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const reports = reportSteadily({ urls: [server.url], projects: ['apollo'], perSecond: 80 })
  await eventually(() => reports.count() > 30)
  process.kill(pidsOf(server.logs())[0]!, 'SIGKILL')
  await eventually(() => pidsOf(server.logs()).length === 3, { withinMs: 20_000 })
  expect(server.logs()).toMatch(
    /worker 1 ended worker_pid=\d+ code=\d+ signal="SIGKILL"|worker 1 ended worker_pid=\d+ code=null signal="SIGKILL"/,
  )
  const before = reports.count()
  await eventually(() => reports.count() > before + 30)
  await reports.stop()
  const events = (await (await fetch(`${server.url}/api/v1/projects/apollo/events?limit=500`)).json()) as { events: { id: string }[] }
  const stored = new Set(events.events.map(({ id }) => id))
  for (const { id } of reports.acknowledged.get('apollo') ?? []) expect(stored).toContain(id)
}, 60_000)

test('figures are those of all workers, and the totals of a dead one stay', async () => {
  const server = await startServer({ env: { WORKERS: '3' } })
  for (let number = 0; number < 30; number++)
    await fetch(`${server.url}/api/v1/projects/apollo/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ type: 'x-a', number }),
    })
  const accepted = 'events_accepted_total{source="http"}'
  expect(await figureOf(server, accepted)).toBe(30)
  expect(await figureOf(server, 'projects_total')).toBe(1)
  for (const worker of ['1', '2', '3'])
    expect(await figureOf(server, `process_resident_memory_bytes{worker="${worker}"}`)).toBeGreaterThan(1e6)
  const [first] = pidsOf(server.logs())
  process.kill(first!, 'SIGKILL')
  await eventually(() => server.logs().includes('signal="SIGKILL"'))
  expect(await figureOf(server, accepted)).toBe(30)
  await report(server, 'apollo', { type: 'x-b' })
  expect(await figureOf(server, accepted)).toBe(31)
}, 60_000)

test('a stopped worker does not keep the figures of the others from anybody', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const [first] = pidsOf(server.logs())
  await figureOf(server, 'projects_total')
  process.kill(first!, 'SIGSTOP')
  // A connection that the stopped one was given is answered by nobody.
  const answered = await eventually(
    async () => {
      const response = await fetch(`${server.url}/metrics`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) })
      return response.text()
    },
    { withinMs: 25_000 },
  )
  expect(answered).toContain('process_resident_memory_bytes{worker="1"}')
  expect(answered).toContain('process_resident_memory_bytes{worker="2"}')
  // Stopped for too long, it was ended.
  if (isAlive(first!)) process.kill(first!, 'SIGCONT')
}, 60_000)

test('SIGTERM ends requests that are under way with their answer, and sends viewers elsewhere', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  await report(server, 'apollo', { type: 'x-first' })
  const viewers = Array.from({ length: 6 }, () => watchProject([server.url], 'apollo'))
  await eventually(() => viewers.every((viewer) => viewer.isOpen() && viewer.since() !== ''))
  const socket = connect(server.port, 'localhost')
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString()))
  const probe = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const head = ['POST /api/v1/projects/apollo/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 14']
  socket.write(`${probe}${head.join('\r\n')}\r\n\r\n{"type"`)
  await eventually(() => answer.includes('"healthy"'))
  const ended = server.stop()
  await eventually(() => viewers.every((viewer) => viewer.closeCodes().length > 0))
  socket.write(':"x-a"}')
  expect(await within(30_000, 'the end', ended)).toBe(0)
  expect(answer).toContain('HTTP/1.1 202')
  expect(viewers.map((viewer) => viewer.closeCodes()[0])).toEqual(viewers.map(() => 1012))
  expect(pidsOf(server.logs()).some(isAlive)).toBe(false)
  expect(server.logs().match(/worker \d ended worker_pid=\d+ code=0 signal=null/g)).toHaveLength(2)
}, 60_000)

/** A connection on which a request is under way that nobody finishes, and what was answered on it. */
async function holdRequest(port: number) {
  const socket = connect(port, 'localhost')
  endAfter('test', () => void socket.destroy())
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString()))
  const head = ['POST /api/v1/projects/apollo/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 14']
  socket.write(`GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n${head.join('\r\n')}\r\n\r\n{"type"`)
  await eventually(() => answer.includes('"healthy"'))
  return { write: (text: string) => void socket.write(text), answer: () => answer }
}

test('before it ends a service says that it is not ready, and serves on for a moment', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const ended = server.stop()
  const ready = await eventually(
    async () => {
      const response = await fetch(`${server.url}/ready`, { keepalive: false })
      return response.status === 503 && ((await response.json()) as { status: string })
    },
    { everyMs: 5 },
  )
  expect(ready).toMatchObject({ status: 'draining' })
  expect((await fetch(server.url, { keepalive: false })).status).toBe(200)
  expect(await within(30_000, 'the end', ended)).toBe(0)
}, 60_000)

test('a second signal ends workers where they stand', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  await holdRequest(server.port)
  const pids = pidsOf(server.logs())
  const pid = server.pid()
  process.kill(pid, 'SIGTERM')
  await eventually(() => server.logs().includes('draining'))
  // Within half a second it would count as the same wish, arriving another way.
  await Bun.sleep(600)
  expect(pids.some(isAlive)).toBe(true)
  process.kill(pid, 'SIGTERM')
  await eventually(() => ![pid, ...pids].some(isAlive), { withinMs: 5_000 })
}, 60_000)

test('Ctrl-C that reaches supervisor and workers at once drains them, too', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const pids = pidsOf(server.logs())
  for (const pid of [...pids, server.pid()]) process.kill(pid, 'SIGINT')
  await eventually(() => ![...pids, server.pid()].some(isAlive), { withinMs: 20_000 })
  expect(server.logs().match(/worker \d ended worker_pid=\d+ code=0 signal=null/g)).toHaveLength(2)
}, 60_000)

test('a production service has a supervisor even for one worker', async () => {
  const server = await startServer({ env: { APP_ENV: 'production' } })
  const records = server
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { message: string; worker: string })
  expect(records.map(({ message }) => message)).toContain('worker 1 spawned')
  expect(records.find(({ message }) => message.startsWith('server ready on'))?.worker).toBe('supervisor')
  expect(await server.stop()).toBe(0)
}, 60_000)

test('a worker above its memory is replaced by one that serves before the old one goes', async () => {
  // No worker fits into this: each look finds one to replace.
  const server = await startServer({ env: { WORKERS: '2', WORKER_MEMORY_MB: '16' } })
  const [first, second] = pidsOf(server.logs())
  const reports = reportSteadily({ urls: [server.url], projects: ['apollo'], perSecond: 40 })
  await eventually(() => !isAlive(first!) || !isAlive(second!), { withinMs: 45_000 })
  await reports.stop()
  expect(server.logs()).not.toContain('ERROR')
  if (!server.logs().includes('tcp_migrate_req')) expect([...reports.answers.keys()]).toEqual(['202'])
}, 90_000)

test('the processes are called by what they are', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const pids = pidsOf(server.logs())
  for (const pid of [...pids, server.pid()]) expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('visualizer\n')
  for (const [index, pid] of pids.entries())
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toStartWith(`visualizer worker ${index + 1}\0`)
}, 60_000)

test('a worker that is refused later is started again until it is not, and ends no other', async () => {
  const postgres = await startPostgres('test')
  await postgres.run(`CREATE ROLE visualizer LOGIN PASSWORD 'first'`)
  await postgres.run('CREATE DATABASE visualizer OWNER visualizer')
  const { port } = new URL(postgres.url)
  const server = await startServer({ env: { WORKERS: '2', DATABASE_URL: `postgresql://visualizer:first@127.0.0.1:${port}/visualizer` } })
  await postgres.run(`ALTER ROLE visualizer PASSWORD 'second'`)
  process.kill(pidsOf(server.logs())[0]!, 'SIGKILL')
  await eventually(() => server.logs().includes('check user and password'), { withinMs: 20_000 })
  await postgres.run(`ALTER ROLE visualizer PASSWORD 'first'`)
  const again = await eventually(() => pidsOf(server.logs())[3], { withinMs: 20_000, else: server.logs })
  await eventually(async () => (await statusOf(server.url)).worker.pid === again, { withinMs: 20_000 })
  expect(isAlive(pidsOf(server.logs())[1]!)).toBe(true)
  expect(await server.stop()).toBe(0)
}, 90_000)

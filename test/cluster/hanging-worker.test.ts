import { expect, test } from 'bun:test'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'
import { watchProject } from '../support/viewer.ts'
import { isAlive, pidsOf, statusOf } from './workers.ts'

const WAIT = { withinMs: 30_000 }

function stopUntilEnd(pid: number) {
  process.kill(pid, 'SIGSTOP')
  endAfter('test', () => void (isAlive(pid) && process.kill(pid, 'SIGCONT')))
}

test('a worker that hangs is ended and replaced, it is said, and its viewers see on', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  await report(server, 'apollo', { type: 'x-first' })
  const viewers = Array.from({ length: 8 }, () => watchProject([server.url], 'apollo'))
  await eventually(() => viewers.every((viewer) => viewer.isOpen() && viewer.since() !== ''))
  const [hanging = 0, other = 0] = pidsOf(server.logs())
  stopUntilEnd(hanging)
  await eventually(() => !isAlive(hanging), { ...WAIT, else: server.logs })
  expect(server.logs()).toMatch(/worker 1 hangs: it said nothing for 15 seconds and is ended/)
  await eventually(async () => new Set([(await statusOf(server.url)).worker.pid, (await statusOf(server.url)).worker.pid]).size === 2, WAIT)
  const { body } = await report(server, 'apollo', { type: 'x-second' })
  await eventually(() => viewers.every((viewer) => viewer.isOpen() && viewer.since().endsWith(`:${String(body['offset'])}`)), WAIT)
  expect(isAlive(other)).toBe(true)
  expect(await server.stop()).toBe(0)
}, 90_000)

test('a worker that hangs before it serves holds up a reload no longer than that', async () => {
  const server = await startServer({ env: { WORKERS: '2' }, config: 'global: { stale_minutes: 5 }\n' })
  const born = pidsOf(server.logs())
  process.kill(born[0]!, 'SIGKILL')
  const late = await eventually(() => pidsOf(server.logs())[2], { everyMs: 5, ...WAIT })
  // It has loaded the program and spoken, or has not yet: it is ended in either case.
  stopUntilEnd(late)
  await eventually(() => !isAlive(late), { withinMs: 90_000, else: server.logs })
  await eventually(
    async () => pidsOf(server.logs()).length === 4 && (await statusOf(server.url)).worker.pid === pidsOf(server.logs())[3],
    WAIT,
  )
}, 150_000)

test('a supervisor that was stopped itself ends nobody', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  const pids = pidsOf(server.logs())
  stopUntilEnd(server.pid())
  await Bun.sleep(20_000)
  process.kill(server.pid(), 'SIGCONT')
  await expect(eventually(() => server.logs().includes('hangs'), { withinMs: 3_000 })).rejects.toThrow('did not hold')
  expect(pidsOf(server.logs())).toEqual(pids)
  expect(pids.every(isAlive)).toBe(true)
}, 90_000)

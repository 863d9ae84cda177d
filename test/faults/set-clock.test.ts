import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pidsOf, statusOf } from '../cluster/workers.ts'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const DAY_MS = 86_400_000
const PRELOAD = join(import.meta.dir, '../support/set-clock.ts')
const WAIT = { withinMs: 30_000 }

const engines: [string, () => Promise<Record<string, string>>][] = [
  ['SQLite', async () => ({})],
  ['Redis', async () => ({ REDIS_URL: (await startRedis()).url })],
  ['PostgreSQL', async () => ({ DATABASE_URL: (await startPostgres('test')).url })],
]

/** A service on a machine whose clock can be set. */
async function serviceWithClock(env: Record<string, string>, { offsetMs = 0, dataDir }: { offsetMs?: number; dataDir?: string } = {}) {
  const file = join(temporaryFolder(), 'offset')
  const set = (ms: number) => writeFileSync(file, String(ms))
  set(offsetMs)
  const clock = { SET_CLOCK: file, BUN_OPTIONS: `--preload ${PRELOAD}` }
  const server = await startServer({
    env: { WORKERS: '2', ...env, ...clock },
    readyWithinMs: 60_000,
    ...(dataDir === undefined ? {} : { dataDir }),
  })
  return { server, set }
}

type Stored = { offset: number; received_at: number | string }
const storedIn = async (server: RunningServer, project: string) =>
  (await call(server, `/api/v1/projects/${project}/events?after=0`)).body['events'] as Stored[]
const aheadOf = (events: Stored[]) => Math.max(...events.map(({ received_at }) => new Date(received_at).getTime())) - Date.now()

test.each(engines)(
  'a clock that jumps ten days ahead for two seconds leaves no time to come in the log: %s',
  async (_, open) => {
    const { server, set } = await serviceWithClock(await open())
    await report(server, 'apollo', { type: 'x-before' })
    set(10 * DAY_MS)
    await eventually(() => server.logs().includes('was set ahead by 10 days'), { ...WAIT, else: server.logs })
    // A worker that begins meanwhile has nobody to ask but its supervisor.
    process.kill(pidsOf(server.logs())[0]!, 'SIGKILL')
    await eventually(() => pidsOf(server.logs()).length === 3, WAIT)
    const late = pidsOf(server.logs())[2]
    await eventually(async () => (await statusOf(server.url)).worker.pid === late, WAIT)
    for (let n = 0; n < 20; n++) await report(server, 'apollo', { type: 'x-during' })
    set(0)
    await eventually(() => server.logs().includes('is right again'), { ...WAIT, else: server.logs })
    await report(server, 'apollo', { type: 'x-after' })
    const events = await storedIn(server, 'apollo')
    expect(events).toHaveLength(22)
    expect(aheadOf(events)).toBeLessThan(60_000)
  },
  150_000,
)

test.each(engines)(
  'a start with the clock forty days ahead removes nothing, and asks: %s',
  async (_, open) => {
    const env = await open()
    const { server: first } = await serviceWithClock(env)
    for (let n = 0; n < 3; n++) await report(first, 'apollo', { type: 'x-kept' })
    await first.stop()
    const { server } = await serviceWithClock(env, { offsetMs: 40 * DAY_MS, dataDir: first.dataDir })
    await eventually(() => server.logs().includes('is past its time by the clock of this machine'), { ...WAIT, else: server.logs })
    expect(await storedIn(server, 'apollo')).toHaveLength(3)
    // The worker that removes says so: each connection of its own may come to it.
    const apart = { headers: { connection: 'close' }, keepalive: false }
    const warned = async () => ((await call(server, '/api/v1/status', apart)).body['warnings'] as string[]).join()
    await eventually(async () => (await warned()).includes('is past its time'), WAIT)
  },
  150_000,
)

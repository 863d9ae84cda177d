import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secret } from '../../src/config/secret.ts'
import type { NewEvent } from '../../src/domain/events/event.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openPostgresLog } from '../../src/event-log/postgres/postgres.ts'
import { openRedisLog } from '../../src/event-log/redis/redis.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { postgresPrograms } from '../support/postgres-programs.ts'
import { launchPostgres } from '../support/postgres-server.ts'
import { bareRedis, bareSqlite, barePostgres, type BareLoop } from './load/bare-logs.ts'
import { batches, batchOf } from './load/log-supply.ts'
import { watchLoop } from './measure.ts'
import { startRedis } from './redis-server.ts'
import type { Table } from './table.ts'

const CALLERS = 64
const PROJECTS = 8
const ROUNDS = 5
const ROUND_MS = 700
const BATCHES = [1, 10, 100, 1_000]
const LONG_LOG = 1_000_000

type Figures = { perSecond: number; p50: number; p99: number; longestStall: number }

const quantile = (sorted: number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
const ascending = (values: number[]) => values.toSorted((a, b) => a - b)
const median = (values: number[]) => quantile(ascending(values), 0.5)

async function measureLog(log: EventLog, supply: NewEvent[][], size: number): Promise<Figures> {
  const took: number[] = []
  const stopWatching = watchLoop()
  const began = performance.now()
  const endAt = began + ROUND_MS
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let asked = performance.now(); asked < endAt; asked = performance.now()) {
        const batch = supply.pop()
        if (!batch) return
        await log.append(`project-${caller % PROJECTS}`, batch)
        took.push(performance.now() - asked)
      }
    }),
  )
  const ms = performance.now() - began
  const sorted = ascending(took)
  return {
    perSecond: (took.length * size * 1_000) / ms,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    longestStall: stopWatching(),
  }
}

type Engine = { name: string; open(): Promise<EventLog>; openBare(): BareLoop }

/** What the same engine does at least, while the clock runs. */
async function measureBare(store: BareLoop, supply: NewEvent[][], groupSize: number): Promise<number> {
  const began = performance.now()
  let count = 0
  while (performance.now() - began < ROUND_MS) {
    const events: NewEvent[] = []
    while (events.length < groupSize && supply.length > 0) events.push(...(supply.pop() ?? []))
    if (events.length === 0) break
    await store(events)
    count += events.length
  }
  return (count * 1_000) / (performance.now() - began)
}

/** Rounds of the log and of the bare loop in turn, so that a busy machine slows both. */
async function measureAppends({ name, open, openBare }: Engine): Promise<Table['rows']> {
  const log = await open()
  const bareLoop = openBare()
  await measureLog(log, batches(100), 100)
  await measureBare(bareLoop, batches(100), 500)
  const rows: Table['rows'] = []
  for (const size of BATCHES) {
    const rounds: Figures[] = []
    const bare: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await measureLog(log, batches(size), size))
      bare.push(await measureBare(bareLoop, batches(size), Math.max(size, Math.min(500, CALLERS * size))))
    }
    const of = (figure: keyof Figures) => median(rounds.map((round) => round[figure]))
    rows.push([name, size, of('perSecond'), of('perSecond') / median(bare), of('p50'), of('p99'), of('longestStall')])
  }
  await log.close()
  return rows
}

/** Redis and PostgreSQL stand in the table where they are installed. */
async function measureEngines(folder: string): Promise<Table> {
  const sqlite: Engine = {
    name: 'SQLite',
    open: () => openSqliteLog({ file: join(folder, 'log.sqlite') }),
    openBare: () => bareSqlite(join(folder, 'bare.sqlite'), PROJECTS),
  }
  const rows = await measureAppends(sqlite)
  if (Bun.which('redis-server') !== null) rows.push(...(await measureRedis()))
  if (postgresPrograms() !== undefined) rows.push(...(await measurePostgres()))
  return {
    title: `Events stored per second, ${CALLERS} callers, ${PROJECTS} projects, 230-byte events; medians of ${ROUNDS} rounds`,
    columns: ['engine', 'events a call', 'events/s', 'of its bare loop', 'p50 ms', 'p99 ms', 'longest stall ms'],
    rows,
  }
}

/** As it is shipped: on disk before it is answered. */
async function measureRedis(): Promise<Table['rows']> {
  const server = await startRedis()
  try {
    return await measureAppends({
      name: 'Redis',
      open: () => openRedisLog({ redis: { kind: 'single', url: secret(server.url) } }),
      openBare: () => bareRedis(server.url, PROJECTS),
    })
  } finally {
    await server.end()
  }
}

async function measurePostgres(): Promise<Table['rows']> {
  const folder = mkdtempSync(join(tmpdir(), 'visualizer-bench-'))
  const server = await launchPostgres(folder)
  const bareUrl = await server.newDatabase()
  try {
    return await measureAppends({
      name: 'PostgreSQL',
      open: () => openPostgresLog({ url: server.url }),
      openBare: () => barePostgres(bareUrl, PROJECTS),
    })
  } finally {
    await server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function countAll(log: EventLog): Promise<number> {
  let [after, total] = [0, 0]
  for (;;) {
    const { events } = await log.read('apollo', { after, limit: 1_000 })
    if (events.length === 0) return total
    after = events.at(-1)?.offset ?? after
    total += events.filter((event) => event.type === 'agent_activity').length
  }
}

async function measureLongLog(folder: string): Promise<Table> {
  const file = join(folder, 'long.sqlite')
  const writer = await openSqliteLog({ file })
  for (let stored = 0; stored < LONG_LOG; stored += 50_000) {
    await Promise.all(Array.from({ length: 50 }, () => writer.append('apollo', batchOf(1_000))))
  }
  await writer.close()
  const opened: number[] = []
  const folded: number[] = []
  const stalls: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    const log = await openSqliteLog({ file })
    await log.heads()
    opened.push(performance.now() - began)
    const stopWatching = watchLoop()
    const counted = await countAll(log)
    if (counted !== LONG_LOG) throw new Error(`read ${counted} of ${LONG_LOG} events`)
    folded.push(performance.now() - began)
    stalls.push(stopWatching())
    await log.close()
  }
  return {
    title: `Opening a log of ${LONG_LOG.toLocaleString('en')} events of one project; medians of ${ROUNDS} rounds`,
    columns: ['what', 'ms', 'longest stall ms'],
    rows: [
      ['open, heads of all projects', median(opened), 0],
      ['open, read and fold every event', median(folded), median(stalls)],
    ],
  }
}

/** Each engine of the log alone: how much it stores, how soon it answers, how fast a long one is read. */
export const logBench = {
  name: 'event log',
  async run(): Promise<Table[]> {
    const folder = mkdtempSync(join(tmpdir(), 'visualizer-bench-'))
    try {
      return [await measureEngines(folder), await measureLongLog(folder)]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

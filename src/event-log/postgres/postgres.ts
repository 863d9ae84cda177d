import { appendCall, type AppendCall } from '../append-call.ts'
import type { Tracing } from '../../telemetry/tracing.ts'
import { openAppendQueue } from '../append-queue.ts'
import {
  type Appended,
  type EventLog,
  LogUnavailableError,
  READ_LIMIT,
  type ReadRange,
  type SnapshotKey,
  UnusableLogError,
} from '../event-log.ts'
import type { LogUse } from '../watch-log-use.ts'
import { commitGroup, purge, saveSnapshot, trim } from './write.ts'
import { applicationName, checkSettings, isUsedByOthers, withoutPassword, type Query } from './connection.ts'
import { unusable } from './failure.ts'
import { openPatience } from './patience.ts'
import { openPool, type Pool } from './pool.ts'
import { findBeginning, findOffsetAt, findSnapshot, readHead, readHeads, readPage, readTime } from './read.ts'
import { isMigrated, migratePostgres } from './schema.ts'

type PostgresLogOptions = {
  url: string
  poolSize?: number
  isLookedAt?: boolean
  /** The service's name among the sessions of the database; a program that only passes by has none. */
  instance?: string
  workers?: number
  clock?: () => number
  onError?: (error: unknown) => void
  tracing?: Tracing
}

const SESSION = `SELECT set_config('statement_timeout', '6s', false), set_config('lock_timeout', '4s', false),
  set_config('idle_in_transaction_session_timeout', '5s', false), set_config('client_min_messages', 'warning', false), set_config('application_name', $1, false)`

/** Opens the log in PostgreSQL and migrates its tables. Rejects with UnusableLogError, but not because the server is away. */
export async function openPostgresLog(options: PostgresLogOptions): Promise<EventLog & { use: LogUse }> {
  const { url, poolSize = 5, isLookedAt = false, workers = 1, clock = Date.now, onError, tracing } = options
  const place = withoutPassword(url)
  const connection = { url, patience: openPatience(), prepare: isLookedAt ? inspection(url) : preparation(options) }
  const pools = { appends: openPool(connection, 1), reads: openPool(connection, Math.max(1, poolSize - 1)) }
  await firstContact(pools.reads, { place, onError })
  const reading = readMethods(pools.reads)
  const queue = openAppendQueue<AppendCall, Appended>(
    (calls) => commitGroup(pools.appends, clock, calls),
    tracing && { tracing, system: 'postgresql' },
  )
  let closing: Promise<void> | undefined

  return {
    ...reading,
    async append(project, events) {
      if (closing) throw new LogUnavailableError(`the event log ${place} is closed`)
      if (events.length > 0) return queue.push(appendCall(project, events))
      return { position: await reading.head(project), appended: [], duplicates: 0 }
    },
    saveSnapshot: (snapshot) => pools.reads.use((query) => saveSnapshot(query, snapshot)),
    trim: (beginning) => trim(pools.reads, beginning),
    purge: (project) => purge(pools.reads, project),
    tryAppend: () => pools.appends.use(async (query) => void (await query('SELECT visualizer.try_append()'))),
    check: () => pools.reads.use((query) => checkSettings(query, workers * Math.max(2, poolSize))),
    use: useOf(pools.reads, place),
    close: () => (closing ??= queue.drained().then(() => closeAll(pools))),
  }
}

function useOf(reads: Pool, place: string): LogUse {
  return {
    place: `the database ${place}`,
    advice: 'give both the same REDIS_URL',
    isShared: () => reads.use(isUsedByOthers),
    // Its sessions end with it.
    leave: async () => undefined,
    isOutage: (error) => error instanceof LogUnavailableError,
  }
}

function readMethods(reads: Pool) {
  return {
    async read(project: string, range: ReadRange) {
      const page = await reads.use((query) => readPage(query, project, range))
      // Readers of many pages let others have their turn.
      if (page.events.length === READ_LIMIT) await new Promise(setImmediate)
      return page
    },
    head: (project: string) => reads.use((query) => readHead(query, project)),
    heads: () => reads.use(readHeads),
    snapshot: (key: SnapshotKey, atOrBefore?: number) => reads.use((query) => findSnapshot(query, key, atOrBefore)),
    time: () => reads.use(readTime),
    offsetAt: (project: string, at: number) => reads.use((query) => findOffsetAt(query, project, at)),
    beginning: (project: string) => reads.use((query) => findBeginning(query, project)),
  }
}

/** Behind the same address may be another server, or an older copy of the log. */
function preparation({ url, instance }: PostgresLogOptions): (query: Query) => Promise<void> {
  const place = withoutPassword(url)
  let migrating: Promise<unknown> | undefined
  return async (query) => {
    await query(SESSION, [applicationName(instance)])
    if (!(await isMigrated(query, place))) {
      migrating ??= migratePostgres(url).finally(() => (migrating = undefined))
      await migrating
    }
    await query('SELECT visualizer.settle_epoch($1)', [newEpoch()])
  }
}

function inspection(url: string): (query: Query) => Promise<void> {
  const place = withoutPassword(url)
  return async (query) => {
    await query(SESSION, [applicationName()])
    await query(`SELECT set_config('default_transaction_read_only', 'on', false)`)
    if (await isMigrated(query, place)) return
    throw new UnusableLogError(`the event log ${place} has no tables of this version; run visualizer migrate, or start the service once`)
  }
}

const newEpoch = () => crypto.randomUUID().slice(0, 8)

async function firstContact(reads: Pool, { place, onError }: { place: string; onError: PostgresLogOptions['onError'] }): Promise<void> {
  try {
    await reads.use((query) => readHead(query, ''))
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error
    const reason = unusable(error.cause, place)
    if (reason) throw reason
    onError?.(error)
  }
}

async function closeAll({ appends, reads }: { appends: Pool; reads: Pool }): Promise<void> {
  await Promise.all([appends.close(), reads.close()])
}

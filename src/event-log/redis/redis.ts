import type { RedisConfig } from '../../config/config.ts'
import { connectRedis, type RedisConnection, awaitReady } from '../../redis/connect.ts'
import type { Tracing } from '../../telemetry/tracing.ts'
import { appendCall, type AppendCall } from '../append-call.ts'
import { openAppendQueue } from '../append-queue.ts'
import { type Appended, type EventLog, LogUnavailableError, READ_LIMIT, type ReadRange, type SnapshotKey } from '../event-log.ts'
import { commitGroup, tryAppend } from './append.ts'
import { openCheck } from './check.ts'
import { answered } from './failure.ts'
import { findOffsetAt, readHeads, readPage, readTime } from './read.ts'
import { findBeginning, findSnapshot, purge, saveSnapshot, trim } from './snapshot.ts'

type RedisLogOptions = {
  redis: RedisConfig
  clock?: () => number
  onError?: (error: unknown) => void
  tracing?: Tracing
}

/** Opens the log on Redis: one server, Sentinels, or a Cluster. Does not reject because the server is away. */
export async function openRedisLog({ redis, clock = Date.now, onError, tracing }: RedisLogOptions): Promise<EventLog> {
  const connect = (what: string) => connectRedis({ redis, name: `visualizer-log-${what}`, ...(onError ? { onError } : {}) })
  // Waiting for a replica blocks a connection, so appends have their own.
  const [appends, reads] = [connect('append'), connect('read')]
  const appender = { connection: appends, clock, replicated: new Set<string>() }
  const queue = openAppendQueue<AppendCall, Appended>((calls) => commitGroup(appender, calls), tracing && { tracing, system: 'redis' })
  let closing: Promise<void> | undefined
  await Promise.all([awaitReady(appends), awaitReady(reads)])

  return {
    ...readMethods(reads, () => {
      if (closing) throw new LogUnavailableError('the event log on Redis is closed')
    }),
    async append(project, events) {
      if (closing) throw new LogUnavailableError('the event log on Redis is closed')
      if (events.length > 0) return queue.push(appendCall(project, events))
      const { epoch, head } = await readPage(reads, project, { after: 0, limit: 0 })
      return { position: { epoch, offset: head }, appended: [], duplicates: 0 }
    },
    async tryAppend() {
      if (closing) throw new LogUnavailableError('the event log on Redis is closed')
      await tryAppend(appender)
    },
    close: () => (closing ??= queue.drained().then(() => leave([appends, reads]))),
  }
}

function readMethods(reads: RedisConnection, mayAsk: () => void): Omit<EventLog, 'append' | 'tryAppend' | 'close'> {
  const asking =
    <Args extends unknown[], Result>(method: (connection: RedisConnection, ...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      mayAsk()
      return method(reads, ...args)
    }
  const page = asking(readPage)
  return {
    async read(project: string, range: ReadRange) {
      const found = await page(project, range)
      if (found.events.length === READ_LIMIT) await new Promise(setImmediate)
      return found
    },
    async head(project: string) {
      const { epoch, head } = await page(project, { after: 0, limit: 0 })
      return { epoch, offset: head }
    },
    heads: asking(readHeads),
    snapshot: asking((connection, key: SnapshotKey, atOrBefore?: number) => findSnapshot(connection, key, atOrBefore)),
    saveSnapshot: asking(saveSnapshot),
    offsetAt: asking(findOffsetAt),
    time: asking(readTime),
    trim: asking(trim),
    purge: asking(purge),
    beginning: asking(findBeginning),
    check: asking(openCheck()),
  }
}

async function leave(connections: RedisConnection[]): Promise<void> {
  await Promise.allSettled(connections.map((connection) => answered(connection.quit())))
  for (const connection of connections) connection.disconnect()
}

import type { Tracing } from '../../telemetry/tracing.ts'
import { type Away, holdConnection, inTransaction } from '../../sqlite/connection.ts'
import { appendCall, type AppendCall } from '../append-call.ts'
import { openAppendQueue } from '../append-queue.ts'
import {
  type Appended,
  type EventLog,
  type LogReader,
  LogUnavailableError,
  type Position,
  READ_LIMIT,
  type ReadRange,
  type Snapshot,
  type SnapshotKey,
  UnusableLogError,
} from '../event-log.ts'
import { commitGroup, tryAppend } from './append.ts'
import { abandonBoth, closeAll, closeBoth, type Connections, firstUse, openAppender, openReader } from './connections.ts'
import { createLogFile } from './file.ts'
import { MOVED, openGuard } from './guard.ts'
import { openMark } from './mark.ts'
import { beginPurge, purgeStep } from './purge.ts'
import { findOffsetAt, HEADS_AT_ONCE, readHead, readHeadsAfter, readPage } from './read.ts'
import { checkReadable, epochOf } from './schema.ts'
import { trimStep } from './snapshot.ts'
import { watchIdentity } from '../../sqlite/file.ts'
import { existsSync } from 'node:fs'

type SqliteLogOptions = {
  file: string
  clock?: () => number
  onError?: (error: unknown) => void
  onNotice?: (notice: string) => void
  tracing?: Tracing
}

/** Opens the embedded log, an SQLite file. Rejects with UnusableLogError where the file cannot be used. */
export async function openSqliteLog({ file, clock = Date.now, onError, onNotice, tracing }: SqliteLogOptions): Promise<EventLog> {
  createLogFile(file)
  const away: Away = (problem, options) => new LogUnavailableError(`the event log ${file} ${problem}`, options)
  const guard = openGuard(file, (fault) =>
    fault.mayClose ? closeBoth(connections, fault.problem) : abandonBoth(connections, fault.problem),
  )
  const connections: Connections = {
    appends: holdConnection({ open: () => openAppender(file, guard), away }),
    reads: holdConnection({ open: () => ({ ...openReader(file), mustFit: guard.hold() }), away }),
  }
  const { appends, reads } = connections
  const { epoch, turned } = await firstUse(file, connections)
  if (turned !== undefined) onNotice?.(turned)
  const mark = openMark(file, onError)
  const reading = readMethods(reads, epoch)
  const queue = openAppendQueue<AppendCall, Appended>(
    (calls) => commitGroup({ held: appends, epoch, clock, note: mark.note }, calls),
    tracing && { tracing, system: 'sqlite' },
  )
  let closing: Promise<void> | undefined
  finishPurges(appends).catch((error: unknown) => onError?.(error))

  return {
    ...reading,
    async append(project, events) {
      if (closing) throw new LogUnavailableError(`the event log ${file} is closed`)
      if (events.length > 0) return queue.push(appendCall(project, events))
      return { position: await reading.head(project), appended: [], duplicates: 0 }
    },
    ...writeMethods(appends, epoch),
    async check() {
      await reading.head('')
      return []
    },
    close: () =>
      (closing ??= queue
        .drained()
        .then(() => closeAll(connections, { guard, onError }))
        .finally(mark.close)),
  }
}

function writeMethods(appends: Connections['appends'], epoch: string) {
  return {
    async saveSnapshot(snapshot: Snapshot) {
      await appends.use(({ db, head, saveSnapshot }) =>
        inTransaction(db, () => {
          if (snapshot.epoch === epochOf(epoch, head.get(snapshot.project)?.salt ?? '')) saveSnapshot(snapshot)
        }),
      )
    },
    trim: (beginning: Snapshot) => trim(appends, beginning, epoch),
    async purge(project: string) {
      await appends.use((appender) => inTransaction(appender.db, () => beginPurge(appender, project) && appender.countGroup.get()))
      await finishPurges(appends)
    },
    tryAppend: () => appends.use(tryAppend),
  }
}

/** The reading methods. Reading heads also checks that the file still has its name. */
export function readMethods(reads: Connections['reads'], epoch: string) {
  return {
    async read(project: string, range: ReadRange) {
      const page = await reads.use((reader) => readPage(reader, project, { ...range, epoch }))
      if (page.events.length === READ_LIMIT) await new Promise(setImmediate)
      return page
    },
    time: () => Promise.resolve(undefined),
    head: (project: string) =>
      reads.use((reader) => {
        reader.mustFit()
        return readHead(reader, project, epoch)
      }),
    heads: () => readAllHeads(reads, epoch),
    snapshot: (key: SnapshotKey, atOrBefore?: number) => reads.use((reader) => reader.findSnapshot(key, atOrBefore)),
    offsetAt: (project: string, at: number) => reads.use((reader) => findOffsetAt(reader, project, at)),
    beginning: (project: string) => reads.use((reader) => reader.findBeginning(project)),
  }
}

/** Page by page, so that thousands do not block the event loop. */
async function readAllHeads(reads: Connections['reads'], epoch: string): Promise<Map<string, Position>> {
  const heads = new Map<string, Position>()
  for (let after = ''; ;) {
    const page = await reads.use((reader) => {
      reader.mustFit()
      return readHeadsAfter(reader, after)
    })
    for (const { name, last, salt } of page) heads.set(name, { epoch: epochOf(epoch, salt), offset: last })
    const end = page.at(-1)
    if (!end || page.length < HEADS_AT_ONCE) return heads
    after = end.name
    await new Promise(setImmediate)
  }
}

async function trim(appends: Connections['appends'], beginning: Snapshot, epoch: string): Promise<void> {
  const step = () =>
    appends.use((appender) =>
      inTransaction(appender.db, () => {
        // Another epoch's offsets mean other events.
        const isOurs = beginning.epoch === epochOf(epoch, appender.head.get(beginning.project)?.salt ?? '')
        return !isOurs || trimStep(appender, beginning)
      }),
    )
  while (!(await step())) await new Promise(setImmediate)
}

async function finishPurges(appends: Connections['appends']): Promise<void> {
  const step = () => appends.use((appender) => purgeStep(appender) || inTransaction(appender.db, () => purgeStep(appender)))
  while (!(await step())) await new Promise(setImmediate)
}

/** Opens the log for reading while a service may write it. Rejects with UnusableLogError without a log. */
export async function openSqliteReader(file: string): Promise<LogReader> {
  if (!existsSync(file)) throw new UnusableLogError(`there is no event log ${file}; name the folder that the service uses with --data-dir`)
  const away: Away = (problem, options) => new LogUnavailableError(`the event log ${file} ${problem}`, options)
  const isStillThere = watchIdentity(file)
  const mustFit = () => {
    if (!isStillThere()) throw away(MOVED)
  }
  const reads = holdConnection({ open: () => ({ ...openReader(file), mustFit }), away })
  try {
    const epoch = await reads.use(({ db }) => {
      checkReadable(db, file)
      return db.query<{ value: string }, []>(`SELECT value FROM meta WHERE name = 'epoch'`).get()?.value
    })
    if (epoch === undefined) throw new UnusableLogError(`${file} is damaged: it has no epoch; restore a backup`)
    return { ...readMethods(reads, epoch), close: async () => reads.close() }
  } catch (error) {
    reads.close()
    throw error
  }
}

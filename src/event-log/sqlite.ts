import type { Tracing } from '../telemetry/tracing.ts'
import { appendCall, type AppendCall } from './append-call.ts'
import { openAppendQueue } from './append-queue.ts'
import {
  type Appended,
  type EventLog,
  LogUnavailableError,
  type Position,
  READ_LIMIT,
  type ReadRange,
  type Snapshot,
  type SnapshotKey,
  UnusableLogError,
} from './event-log.ts'
import { type Appender, commitGroup, prepareAppender } from './sqlite-append.ts'
import { type Away, type HeldConnection, holdConnection, inTransaction } from '../sqlite/connection.ts'
import { watchIdentity } from '../sqlite/file.ts'
import { createLogFile, openForAppend, openForRead } from './sqlite-file.ts'
import { findOffsetAt, HEADS_AT_ONCE, prepareReader, readHead, readHeadsAfter, readPage } from './sqlite-read.ts'
import { checkHeads } from './sqlite-schema.ts'
import { prepareFindSnapshot, prepareSaveSnapshot } from './sqlite-snapshot.ts'
import { prepareFindBeginning, prepareTrimmer, trimStep } from './sqlite-trim.ts'

export type SqliteLogOptions = {
  /** Created with its folder where it is missing. Several programs of one machine may share it. */
  file: string
  /** ms since 1970. */
  clock?: () => number
  /** Told what failed outside any call. */
  onError?: (error: unknown) => void
  tracing?: Tracing
}

/** Opens the embedded log: one SQLite file. Rejects with UnusableLogError where the file cannot be a log of this program. */
export async function openSqliteLog({ file, clock = Date.now, onError, tracing }: SqliteLogOptions): Promise<EventLog> {
  createLogFile(file)
  const away: Away = (problem, options) => new LogUnavailableError(`the event log ${file} ${problem}`, options)
  const connections = {
    appends: holdConnection({ open: () => openAppender(file), away }),
    reads: holdConnection({ open: () => openReader(file), away }),
  }
  const { appends, reads } = connections
  const epoch = await firstUse(file, connections)
  const mustBeThere = watchPlace(file)
  const reading = readMethods({ reads, mustBeThere }, epoch)
  const queue = openAppendQueue<AppendCall, Appended>(
    async (calls) => {
      // Without this, events would be acknowledged and written into a file that has no name any more.
      mustBeThere()
      return commitGroup({ held: appends, epoch, clock }, calls)
    },
    tracing && { tracing, system: 'sqlite' },
  )
  let closing: Promise<void> | undefined

  return {
    ...reading,
    async append(project, events) {
      if (closing) throw new LogUnavailableError(`the event log ${file} is closed`)
      if (events.length > 0) return queue.push(appendCall(project, events))
      return { position: await reading.head(project), appended: [], duplicates: 0 }
    },
    async saveSnapshot(snapshot) {
      // Of another epoch: its log is gone.
      if (snapshot.epoch !== epoch) return
      await appends.use(({ db, saveSnapshot }) => inTransaction(db, () => saveSnapshot(snapshot)))
    },
    async trim(beginning) {
      // As above: what it says happened before may have been another history.
      if (beginning.epoch === epoch) await trim(appends, beginning)
    },
    async check() {
      await reading.head('')
      return []
    },
    close: () => (closing ??= queue.drained().then(() => closeAll(connections, onError))),
  }
}

/** Makes what throws once the file has another place than at the call. */
export function watchPlace(file: string): () => void {
  const isStillThere = watchIdentity(file)
  return () => {
    if (isStillThere()) return
    throw new LogUnavailableError(`the event log ${file} was moved, deleted or replaced while in use; start the program again`)
  }
}

type Reads = { reads: Connections['reads']; mustBeThere(): void }

/** The reading half of a log. Heads tell whether it is there: those of a file without a name are nobody's. */
export function readMethods({ reads, mustBeThere }: Reads, epoch: string) {
  return {
    async read(project: string, range: ReadRange) {
      const page = await reads.use((reader) => readPage(reader, project, range))
      // Whoever read a full page will read the next one at once: let others have their turn in between.
      if (page.events.length === READ_LIMIT) await new Promise(setImmediate)
      return { epoch, ...page }
    },
    async head(project: string) {
      mustBeThere()
      return { epoch, offset: await reads.use((reader) => readHead(reader, project)) }
    },
    async heads() {
      mustBeThere()
      return readAllHeads(reads, epoch)
    },
    snapshot: (key: SnapshotKey, atOrBefore?: number) => reads.use((reader) => reader.findSnapshot(key, atOrBefore)),
    offsetAt: (project: string, at: number) => reads.use((reader) => findOffsetAt(reader, project, at)),
    beginning: (project: string) => reads.use((reader) => reader.findBeginning(project)),
  }
}

/** Page by page, with a turn for others in between: thousands at once would hold the loop. */
async function readAllHeads(reads: Connections['reads'], epoch: string): Promise<Map<string, Position>> {
  const heads = new Map<string, Position>()
  for (let after = ''; ;) {
    const page = await reads.use((reader) => readHeadsAfter(reader, after))
    for (const { name, last } of page) heads.set(name, { epoch, offset: last })
    const end = page.at(-1)
    if (!end || page.length < HEADS_AT_ONCE) return heads
    after = end.name
    await new Promise(setImmediate)
  }
}

async function trim(appends: Connections['appends'], beginning: Snapshot): Promise<void> {
  const step = () => appends.use((appender) => inTransaction(appender.db, () => trimStep(appender, beginning)))
  while (!(await step())) await new Promise(setImmediate)
}

type Connections = {
  appends: HeldConnection<ReturnType<typeof openAppender>>
  reads: HeldConnection<ReturnType<typeof openReader>>
}

function openAppender(file: string) {
  const db = openForAppend(file)
  const appender: Appender = prepareAppender(db)
  return { ...prepareTrimmer(db), ...appender, saveSnapshot: prepareSaveSnapshot(db) }
}

/** The connection that reads, with its statements. */
export function openReader(file: string) {
  const db = openForRead(file)
  return { ...prepareReader(db), findSnapshot: prepareFindSnapshot(db), findBeginning: prepareFindBeginning(db) }
}

async function closeAll({ appends, reads }: Connections, onError?: (error: unknown) => void): Promise<void> {
  try {
    await appends.use(({ db }) => db.run('PRAGMA wal_checkpoint(TRUNCATE)'))
  } catch (error) {
    onError?.(error)
  }
  // The one that may write is closed last: it removes the write-ahead log when nobody else has the file open.
  reads.close()
  appends.close()
}

/** Opens both connections and tells the epoch. What is a passing failure later is a reason not to start now. */
async function firstUse(file: string, { appends, reads }: Connections): Promise<string> {
  try {
    await appends.use(() => undefined)
    return await reads.use(({ db }) => {
      checkHeads(db, file)
      const row = db.query<{ value: string }, []>(`SELECT value FROM meta WHERE name = 'epoch'`).get()
      if (!row) throw new UnusableLogError(`${file} is damaged: it has no epoch; restore a backup`)
      return row.value
    })
  } catch (error) {
    reads.close()
    appends.close()
    if (!(error instanceof LogUnavailableError)) throw error
    throw new UnusableLogError(`${error.message}; if that stays, move the file away or choose another data folder`, { cause: error })
  }
}

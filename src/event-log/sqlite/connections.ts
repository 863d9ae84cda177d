import type { HeldConnection } from '../../sqlite/connection.ts'
import { isDiskFull, isReadOnly } from '../../sqlite/failure.ts'
import { LogUnavailableError, UnusableLogError } from '../event-log.ts'
import { type Appender, type Guarded, prepareAppender, tryAppend } from './append.ts'
import { openForAppend, openForRead } from './file.ts'
import type { Guard } from './guard.ts'
import { type Settled, settleEpoch } from './mark.ts'
import { preparePurger } from './purge.ts'
import { prepareReader } from './read.ts'
import { checkHeads } from './schema.ts'
import { prepareFindBeginning, prepareFindSnapshot, prepareSaveSnapshot, prepareTrimmer } from './snapshot.ts'

/** Both connections of a log. */
export type Connections = {
  appends: HeldConnection<ReturnType<typeof openAppender>>
  reads: HeldConnection<ReturnType<typeof openReader> & Guarded>
}

/** The connection that writes, with its statements. */
export function openAppender(file: string, guard: Guard) {
  const db = openForAppend(file)
  const appender: Appender & Guarded = { ...prepareAppender(db), mustFit: guard.hold() }
  return { ...prepareTrimmer(db), ...preparePurger(db), ...appender, saveSnapshot: prepareSaveSnapshot(db) }
}

/** The connection that reads, with its statements. */
export function openReader(file: string) {
  const db = openForRead(file)
  return { ...prepareReader(db), findSnapshot: prepareFindSnapshot(db), findBeginning: prepareFindBeginning(db) }
}

type Closing = { guard: Guard; onError: ((error: unknown) => void) | undefined }

/** Brings what was written into the main file, where that is still ours to do. */
export async function closeAll(connections: Connections, { guard, onError }: Closing): Promise<void> {
  try {
    if (!guard.isOver()) await connections.appends.use(({ db }) => db.run('PRAGMA wal_checkpoint(TRUNCATE)'))
  } catch (error) {
    onError?.(error)
  }
  closeBoth(connections)
}

/** Afterwards every use is refused with the problem, or as closed. */
export function closeBoth({ appends, reads }: Connections, problem?: string) {
  // The one that may write is closed last: it removes the write-ahead log when nobody else has the file open.
  reads.close(problem)
  appends.close(problem)
}

/** The same, with both left open to the end of the program. */
export function abandonBoth({ appends, reads }: Connections, problem: string) {
  reads.abandon(problem)
  appends.abandon(problem)
}

/** Opens both connections and tells the epoch. What is a passing failure later is a reason not to start now. */
export async function firstUse(file: string, connections: Connections): Promise<Settled> {
  try {
    const settled = await connections.appends.use(({ db }) => settleEpoch(db, file))
    await connections.reads.use(({ db }) => checkHeads(db, file))
    // A file that is read-only opens as well as any other.
    await connections.appends.use(tryAppend)
    return settled
  } catch (error) {
    closeBoth(connections)
    if (!(error instanceof LogUnavailableError)) throw error
    throw new UnusableLogError(`${error.message}; ${stepAfter(error.cause)}`, { cause: error })
  }
}

function stepAfter(cause: unknown): string {
  if (isDiskFull(cause)) return 'make room on it, then start again'
  if (isReadOnly(cause)) return 'let this user write the file and its folder, then start again'
  return 'if that stays, move the file away or choose another data folder'
}

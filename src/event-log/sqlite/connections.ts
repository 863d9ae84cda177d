import type { HeldConnection } from '../../sqlite/connection.ts'
import { isDiskFull, isReadOnly } from '../../sqlite/failure.ts'
import { LogUnavailableError, UnusableLogError } from '../event-log.ts'
import { type Appender, type Guarded, prepareAppender, tryAppend } from './append.ts'
import { openForAppend, openForRead } from './file.ts'
import type { Guard } from './guard.ts'
import { type SettledEpoch, settleEpoch } from './mark.ts'
import { preparePurger } from './purge.ts'
import { prepareReader } from './read.ts'
import { checkHeads } from './schema.ts'
import { prepareFindBeginning, prepareFindSnapshot, prepareSaveSnapshot, prepareTrimmer } from './snapshot.ts'

export type Connections = {
  appends: HeldConnection<ReturnType<typeof openAppender>>
  reads: HeldConnection<ReturnType<typeof openReader> & Guarded>
}

/** The writing connection with its statements. */
export function openAppender(file: string, guard: Guard) {
  const db = openForAppend(file)
  const appender: Appender & Guarded = { ...prepareAppender(db), mustFit: guard.hold() }
  return { ...prepareTrimmer(db), ...preparePurger(db), ...appender, saveSnapshot: prepareSaveSnapshot(db) }
}

/** The reading connection with its statements. */
export function openReader(file: string) {
  const db = openForRead(file)
  return { ...prepareReader(db), findSnapshot: prepareFindSnapshot(db), findBeginning: prepareFindBeginning(db) }
}

type Closing = { guard: Guard; onError: ((error: unknown) => void) | undefined }

/** Closes both, after a checkpoint where the file is still ours. */
export async function closeAll(connections: Connections, { guard, onError }: Closing): Promise<void> {
  try {
    if (!guard.isOver()) await connections.appends.use(({ db }) => db.run('PRAGMA wal_checkpoint(TRUNCATE)'))
  } catch (error) {
    onError?.(error)
  }
  closeBoth(connections)
}

/** Closes both; later uses reject with the problem. */
export function closeBoth({ appends, reads }: Connections, problem?: string) {
  // The writing one last: it removes the write-ahead log if nobody else has the file open.
  reads.close(problem)
  appends.close(problem)
}

/** The same, without closing the files. */
export function abandonBoth({ appends, reads }: Connections, problem: string) {
  reads.abandon(problem)
  appends.abandon(problem)
}

/** Opens both and reads the epoch; failures that are passing later refuse the start. */
export async function firstUse(file: string, connections: Connections): Promise<SettledEpoch> {
  try {
    const settled = await connections.appends.use(({ db }) => settleEpoch(db, file))
    await connections.reads.use(({ db }) => checkHeads(db, file))
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

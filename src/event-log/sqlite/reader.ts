import { existsSync } from 'node:fs'
import { LogUnavailableError, type LogReader, UnusableLogError } from '../event-log.ts'
import { type Away, holdConnection } from '../../sqlite/connection.ts'
import { watchIdentity } from '../../sqlite/file.ts'
import { readMethods } from './sqlite.ts'
import { openReader } from './connections.ts'
import { MOVED } from './guard.ts'
import { checkReadable } from './schema.ts'

/**
 * Opens the embedded log to look at it, while a service may be writing it: nothing is created, migrated, checkpointed or written,
 * and no read holds the file for longer than a page. Rejects with UnusableLogError where there is no such log.
 */
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

import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { temporaryFolder } from '../support/ending.ts'
import { describeEventLog } from './event-log.contract.ts'

describeEventLog('SQLite', async () => {
  const file = join(temporaryFolder(), 'events.sqlite')
  return { open: ({ clock } = {}) => openSqliteLog(clock ? { file, clock } : { file }) }
})

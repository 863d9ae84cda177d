import { join } from 'node:path'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { event } from './log-events.ts'

/** A program that creates or opens many logs one after the other, and leaves an event in each. Arguments: folder, id, logs. */
const [folder = '', id = '', count = '0'] = process.argv.slice(2)
for (let n = 0; n < Number(count); n += 1) {
  const log = await openSqliteLog({ file: join(folder, `${n}.sqlite`) })
  await log.append('apollo', [event(id)])
  await log.close()
}

import { openSqliteLog } from '../../src/event-log/sqlite.ts'
import { event } from './log-place.ts'

/** A program that appends one event of so many characters for each line `id size` it reads, and writes how that went. */
const log = await openSqliteLog({ file: process.argv[2] ?? '' })
console.log('open')
for await (const line of console) {
  const [id = '', size = '0'] = line.split(' ')
  const outcome = await log.append('apollo', [event(id, { text: 'x'.repeat(Number(size)) })]).then(
    ({ position }) => `stored ${position.offset}`,
    (error: unknown) => String(error),
  )
  console.log(outcome)
}
await log.close()

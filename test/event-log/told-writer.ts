import { closeSync, readdirSync, readlinkSync } from 'node:fs'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { event } from './log-events.ts'

/*
 * A program that appends one event of so many characters for each line `id size` it reads, and writes how that went.
 * The line `break` takes the open log file away from under it, as a disk that went away and came back does.
 */
const file = process.argv[2] ?? ''
const log = await openSqliteLog({ file })

function closeBehindItsBack() {
  const opened = readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === `${file}-wal`
    } catch {
      // The one that read the folder is gone by now.
      return false
    }
  })
  for (const fd of opened) closeSync(Number(fd))
  return `broke ${opened.length > 0}`
}

console.log('open')
for await (const line of console) {
  if (line === 'break') {
    console.log(closeBehindItsBack())
    continue
  }
  const [id = '', size = '0'] = line.split(' ')
  const outcome = await log.append('apollo', [event(id, { text: 'x'.repeat(Number(size)) })]).then(
    ({ position }) => `stored ${position.offset}`,
    (error: unknown) => String(error),
  )
  console.log(outcome)
}
await log.close()

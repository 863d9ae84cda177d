import { writeSync } from 'node:fs'
import { openSqliteLog } from '../../src/event-log/sqlite.ts'
import { events } from './log-place.ts'

/*
 * A program that appends under load until it is ended, and writes `project offset id` for every event whose append was
 * answered: at once, so that what was written was acknowledged. Arguments: file, a prefix for its ids, callers.
 */
const [file = '', prefix = '', callers = '16'] = process.argv.slice(2)
const log = await openSqliteLog({ file })
let batch = 0

async function appendForever(caller: number): Promise<never> {
  for (;;) {
    batch += 1
    const project = `project-${(batch + caller) % 5}`
    const { appended } = await log.append(project, events(`${prefix}-${batch}`, 1 + (batch % 20)))
    writeSync(1, appended.map(({ offset, id }) => `${project} ${offset} ${id}\n`).join(''))
  }
}

await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => appendForever(caller)))

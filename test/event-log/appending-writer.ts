import { writeSync } from 'node:fs'
import { LogUnavailableError } from '../../src/event-log/event-log.ts'
import { events } from './log-events.ts'
import { openNamed } from './named-log.ts'

/*
 * A program that appends under load until it is ended, and writes `project offset id` for every event whose append was
 * answered: at once, so that what was written was acknowledged. What could not be answered is sent again, as callers do.
 * Arguments: the name of a log, a prefix for its ids, callers.
 */
const [name = '', prefix = '', callers = '16'] = process.argv.slice(2)
const log = await openNamed(name)
let batch = 0

async function appendForever(caller: number): Promise<never> {
  for (;;) {
    batch += 1
    const project = `project-${(batch + caller) % 5}`
    const told = events(`${prefix}-${batch}`, 1 + (batch % 20))
    const { appended } = await untilAnswered(() => log.append(project, told))
    writeSync(1, appended.map(({ offset, id }) => `${project} ${offset} ${id}\n`).join(''))
  }
}

async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error
      await Bun.sleep(20)
    }
  }
}

await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => appendForever(caller)))

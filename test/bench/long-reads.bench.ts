import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { findEvents } from '../../src/projection/find-events.ts'
import { openLongReads, type Turns } from '../../src/projection/long-reads.ts'
import { stateAt } from '../../src/projection/time-travel.ts'
import { generateHistory } from '../support/histories.ts'
import { watchLoop } from './measure.ts'
import type { Bench } from './run.ts'
import { benchFolder } from './server.ts'

const SMALL = 20_000
const LARGE = 2_000
const LARGE_CHARACTERS = 20_000
const SCAN_LIMIT = 10_000
const BATCH = 100

async function fill(log: EventLog) {
  const history = generateHistory({ seed: 11, count: SMALL })
  const large = Array.from({ length: LARGE }, (): NewEvent => ({ type: 'x-large', id: '', text: 'word '.repeat(LARGE_CHARACTERS / 5) }))
  for (const [project, events] of [
    ['small', history],
    ['large', large],
  ] as const) {
    const numbered = events.map((event, index) => ({ ...event, id: `e${index}` }))
    for (let at = 0; at < numbered.length; at += BATCH) await log.append(project, numbered.slice(at, at + BATCH))
  }
}

/** Looks for a text that is nowhere, as a reader's search does. */
const search = (eventLog: EventLog, project: string) => (turns: Turns) =>
  findEvents(eventLog, project, { matches: (event) => JSON.stringify(event).includes('nowhere'), limit: 50, scanLimit: SCAN_LIMIT, turns })

const lookBack = (eventLog: EventLog, project: string) => (turns: Turns) =>
  stateAt({ eventLog, onError: () => undefined, turns }, project, '1900')

/** So many at once: how long they took together, and the longest time that nobody else had a turn. */
async function measured(what: string, readers: number, work: (turns: Turns) => Promise<unknown>) {
  const reads = openLongReads()
  const ended = watchLoop()
  const begunAt = performance.now()
  await Promise.all(Array.from({ length: readers }, () => reads.run(undefined, work)))
  const ms = performance.now() - begunAt
  await new Promise(setImmediate)
  return [what, readers, ms, ended()]
}

export const longReads: Bench = {
  name: 'long-reads',
  async run() {
    const log = await openSqliteLog({ file: join(benchFolder(), 'events.sqlite') })
    await fill(log)
    const rows: (string | number)[][] = []
    for (const project of ['small', 'large']) {
      for (const readers of [1, 4, 16]) rows.push(await measured(`search of ${project} events`, readers, search(log, project)))
      rows.push(await measured(`look back over ${project} events`, 4, lookBack(log, project)))
    }
    await log.close()
    return [
      {
        title: `Searches of up to ${SCAN_LIMIT} events, ${LARGE} of ${LARGE_CHARACTERS / 1_000} kB where they are large: how long others wait`,
        columns: ['what', 'at once', 'all done after ms', 'longest stretch ms'],
        rows,
      },
    ]
  },
}

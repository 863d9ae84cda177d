import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { findEvents } from '../../src/projection/find-events.ts'
import { openLongReads, type Turns } from '../../src/projection/long-reads.ts'
import { readLanes } from '../../src/projection/timeline-cache.ts'
import { stateAt } from '../../src/projection/time-travel.ts'
import { generateHistory } from '../support/histories.ts'
import { median, quantile, watchLoop } from './measure.ts'
import type { Bench } from './run.ts'
import { benchFolder } from './server.ts'

const SMALL = 20_000
const LARGE = 2_000
const LARGE_CHARACTERS = 20_000
const HUGE = 200
const HUGE_CHARACTERS = 250_000
const SCAN_LIMIT = 10_000
const BATCH = 100

const ofText = (count: number, characters: number) =>
  Array.from({ length: count }, (): NewEvent => ({ type: 'x-large', id: '', text: 'word '.repeat(characters / 5) }))

async function fill(log: EventLog) {
  const projects = {
    small: generateHistory({ seed: 11, count: SMALL }),
    large: ofText(LARGE, LARGE_CHARACTERS),
    huge: ofText(HUGE, HUGE_CHARACTERS),
  }
  for (const [project, events] of Object.entries(projects)) {
    const numbered = events.map((event, index) => ({ ...event, id: `e${index}` }))
    for (let at = 0; at < numbered.length; at += BATCH) await log.append(project, numbered.slice(at, at + BATCH))
  }
}

/** Looks for a text that is nowhere, as a reader's search does. */
const search = (eventLog: EventLog, project: string) => (turns: Turns) =>
  findEvents(eventLog, project, { matches: (event) => JSON.stringify(event).includes('nowhere'), limit: 50, scanLimit: SCAN_LIMIT, turns })

const lookBack = (eventLog: EventLog, project: string) => (turns: Turns) =>
  stateAt({ eventLog, onError: () => undefined, turns }, project, project === 'huge' ? '190' : '1900')

const timeline = (eventLog: EventLog, project: string) => (turns: Turns) =>
  readLanes({ eventLog, onError: () => undefined, turns }, project, { from: 0, windowMs: 3_600_000, upTo: SMALL })

/** What a reader did between two looks at the clock, and in a turn: a page that is read, or an event that is looked at, is one such step. */
function watchTurns() {
  const [steps, whole]: [number[], number[]] = [[], []]
  const watched = (turns: Turns): Turns => {
    let [stepAt, turnAt] = [performance.now(), performance.now()]
    return {
      isOver() {
        const isOver = turns.isOver()
        const now = performance.now()
        steps.push(now - stepAt)
        if (isOver) whole.push(now - turnAt)
        stepAt = performance.now()
        return isOver
      },
      async take() {
        await turns.take()
        stepAt = turnAt = performance.now()
      },
    }
  }
  return { steps, whole, watched }
}

/** So many at once: how long they took together, the longest time that nobody else had a turn, and what the turns consist of. */
async function measured(what: string, readers: number, work: (turns: Turns) => Promise<unknown>) {
  const reads = openLongReads()
  const { steps, whole, watched } = watchTurns()
  const ended = watchLoop()
  const begunAt = performance.now()
  await Promise.all(Array.from({ length: readers }, () => reads.run(undefined, (turns) => work(watched(turns)))))
  const ms = performance.now() - begunAt
  await new Promise(setImmediate)
  return [what, readers, ms, median(steps), quantile(steps, 0.99), median(whole), quantile(whole, 0.99), quantile(whole, 1), ended()]
}

export const longReads: Bench = {
  name: 'long-reads',
  async run() {
    const log = await openSqliteLog({ file: join(benchFolder(), 'events.sqlite') })
    await fill(log)
    const rows: (string | number)[][] = []
    for (const project of ['small', 'large', 'huge']) {
      for (const readers of [1, 4, 16]) rows.push(await measured(`search of ${project} events`, readers, search(log, project)))
      rows.push(await measured(`look back over ${project} events`, 4, lookBack(log, project)))
    }
    rows.push(await measured('timeline of small events', 4, timeline(log, 'small')))
    await log.close()
    return [
      {
        title: `Searches of up to ${SCAN_LIMIT} events, ${LARGE} of ${LARGE_CHARACTERS / 1_000} kB where they are large, ${HUGE} of ${HUGE_CHARACTERS / 1_000} kB where they are huge: how long others wait`,
        columns: ['what', 'at once', 'all done after ms', 'step ms p50', 'p99', 'turn ms p50', 'p99', 'longest', 'others wait ms at most'],
        rows,
      },
    ]
  },
}

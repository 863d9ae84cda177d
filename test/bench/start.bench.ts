import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { generateHistory } from '../support/histories.ts'
import { fillLog } from './filled-log.ts'
import { atMost, median } from './measure.ts'
import { postEvents } from './report.ts'
import type { Bench } from './run.ts'
import { benchFolder, startServer } from './server.ts'
import type { Cell } from './table.ts'

const EVENTS = 1_000_000
const SPREADS = [1, 100]
const ROUNDS = 3
const AIM_S = 2
const READY_WITHIN_MS = 120_000

type Before = 'a normal stop' | 'SIGKILL' | 'no snapshots'

/** Reports on some projects, so that a power cut finds the log ahead of the snapshots. */
async function reportSome(url: string, projects: number, round: number): Promise<void> {
  for (let index = 0; index < Math.min(10, projects); index++) {
    const events = generateHistory({ seed: 1_000 + round, count: 900 }).map((event) => ({ ...event, id: `${event.id}-${index}` }))
    await postEvents(url, `bench-${index}`, events)
  }
}

/** As after a new version whose states are others. */
function forgetSnapshots(dataDir: string): void {
  const db = new Database(join(dataDir, 'events.sqlite'))
  db.run('DELETE FROM snapshot')
  db.close()
}

/** Seconds from spawn to /ready, of each round. */
async function starts(dataDir: string, projects: number): Promise<Record<Before, number[]>> {
  const seconds: Record<Before, number[]> = { 'a normal stop': [], SIGKILL: [], 'no snapshots': [] }
  async function start(before: Before, signal: 'SIGTERM' | 'SIGKILL', round: number) {
    const server = await startServer(dataDir, { readyWithinMs: READY_WITHIN_MS })
    seconds[before].push(server.readyMs / 1_000)
    if (signal === 'SIGKILL') await reportSome(server.url, projects, round)
    await server.end(signal)
  }
  await start('no snapshots', 'SIGTERM', 0)
  for (let round = 0; round < ROUNDS; round++) {
    await start('a normal stop', 'SIGKILL', round)
    await start('SIGKILL', 'SIGTERM', round)
  }
  forgetSnapshots(dataDir)
  await start('no snapshots', 'SIGTERM', 0)
  return seconds
}

export const start: Bench = {
  name: 'start',
  async run() {
    const rows: Cell[][] = []
    for (const projects of SPREADS) {
      const dataDir = benchFolder()
      await fillLog(dataDir, { projects, eventsEach: EVENTS / projects })
      const spread = projects === 1 ? '1 project' : `${projects} projects of ${(EVENTS / projects).toLocaleString('en')}`
      for (const [before, each] of Object.entries(await starts(dataDir, projects))) {
        const typical = median(each)
        rows.push([spread, before, typical, Math.max(...each), before === 'no snapshots' ? '' : atMost(typical, AIM_S, 's')])
      }
    }
    return [
      {
        title: `From the start of the process to ready, ${EVENTS.toLocaleString('en')} events in the log (medians)`,
        columns: ['log', 'after', 's', 'slowest s', 'aim'],
        rows,
      },
    ]
  },
}

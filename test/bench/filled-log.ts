import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { PROJECTS_LOG } from '../../src/domain/events/names.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { generateHistory } from '../support/histories.ts'

const LARGEST_BATCH = 500
const MINUTES = 60
const AT_ONCE = 100
const HOUR_MS = 3_600_000
/** One history, told again with other ids: making a million events would take longer than storing them. */
const DIFFERENT = 10_000

/** Fills a log as a server would have: projects registered, their events of the last hour evenly spread. */
export async function fillLog(dataDir: string, { projects, eventsEach }: { projects: number; eventsEach: number }): Promise<void> {
  let at = Date.now() - HOUR_MS
  const eventLog = await openSqliteLog({ file: join(dataDir, 'events.sqlite'), clock: () => at })
  const history = generateHistory({ seed: 11, count: Math.min(DIFFERENT, eventsEach) })
  const names = Array.from({ length: projects }, (_, index) => `bench-${index}`)
  for (const name of names) {
    await eventLog.append(PROJECTS_LOG, [{ type: 'project_registered', project: name, settings: {}, id: `registered:${name}` }])
  }
  const size = Math.min(LARGEST_BATCH, Math.ceil(eventsEach / MINUTES))
  const batches = Math.ceil(eventsEach / size)
  for (let batch = 0; batch < batches; batch++) {
    at = Date.now() - HOUR_MS + (HOUR_MS * batch) / batches
    const events = Array.from({ length: Math.min(size, eventsEach - batch * size) }, (_, index): NewEvent => {
      const number = batch * size + index
      return { ...history[number % history.length]!, id: `event-${number}` }
    })
    // As many at once as the log lets wait.
    for (let first = 0; first < projects; first += AT_ONCE) {
      await Promise.all(names.slice(first, first + AT_ONCE).map((name) => eventLog.append(name, events)))
    }
  }
  await eventLog.close()
}

import type { EventLog } from '../../src/event-log/event-log.ts'
import { endAfter } from '../support/ending.ts'

/** Where a log lives (a file, a database): may be opened several times, one after the other or at once. */
export type LogPlace = {
  open(options?: { clock?: () => number }): Promise<EventLog>
}

export type NewPlace = () => Promise<LogPlace>

/** An empty log, open until the end of the test. */
export async function openNew(place: NewPlace, clock?: () => number): Promise<EventLog> {
  const log = await (await place()).open(clock ? { clock } : {})
  endAfter('test', () => log.close())
  return log
}

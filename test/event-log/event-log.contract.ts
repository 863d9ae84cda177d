import { describe } from 'bun:test'
import { describeAppends } from './appends.contract.ts'
import type { LogPlace } from './log-place.ts'
import { describePurges } from './purges.contract.ts'
import { describeReads } from './reads.contract.ts'
import { describeTrims } from './trims.contract.ts'

/** What every engine of the event log promises. `place` is a new, empty place each time. */
export function describeEventLog(name: string, place: () => Promise<LogPlace>): void {
  describe(`${name} event log`, () => {
    describeAppends(place)
    describeReads(place)
    describeTrims(place)
    describePurges(place)
  })
}

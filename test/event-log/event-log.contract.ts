import { describe } from 'bun:test'
import type { NewPlace } from './log-place.ts'
import { describeDuplicates, describeManyCallers, describeNumbering } from './numbering.contract.ts'
import { describeComingBack, describePurges } from './purges.contract.ts'
import { describeConnections, describeHeads, describePages, describeSnapshots } from './reads.contract.ts'
import { describeAtomicity, describeClosing, describeContents, describeLoad } from './storing.contract.ts'
import { describeBeginnings, describeCheck, describeForgotten } from './trims.contract.ts'

const PROMISES: Record<string, (place: NewPlace) => void> = {
  numbers: describeNumbering,
  'many callers': describeManyCallers,
  duplicates: describeDuplicates,
  'whole appends': describeAtomicity,
  contents: describeContents,
  load: describeLoad,
  closing: describeClosing,
  pages: describePages,
  connections: describeConnections,
  heads: describeHeads,
  snapshots: describeSnapshots,
  beginnings: describeBeginnings,
  'what is forgotten': describeForgotten,
  settings: describeCheck,
  purges: describePurges,
  'coming back': describeComingBack,
}

/** What every engine of the event log promises. `place` is a new, empty place each time. */
export function describeEventLog(name: string, place: NewPlace): void {
  describe(`${name} event log`, () => {
    for (const [promise, describePromise] of Object.entries(PROMISES)) describe(promise, () => describePromise(place))
  })
}

import { RefusedError } from '../domain/refused.ts'

/** A place in a log: the state after an event, or the one at an instant (ms since 1970). */
export type Moment = { offset: number } | { instant: number }

const OFFSET = /^\d{1,30}$/
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i

/** What `?at=` names: digits are an offset, else RFC 3339 with a zone. Refuses everything else. */
export function parseMoment(at: string): Moment {
  if (OFFSET.test(at)) return { offset: Number(at) }
  const instant = ZONED.test(at) ? Date.parse(at) : Number.NaN
  if (!Number.isNaN(instant)) return { instant }
  throw new RefusedError(
    'VALIDATION_ERROR',
    `at must be an offset or a time with a zone such as 2026-11-23T20:30:00Z, not "${at.slice(0, 60)}".`,
    { field: 'at' },
  )
}

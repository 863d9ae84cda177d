import type { NewEvent } from '../../domain/events/event.ts'
import { parseStatedTime } from '../../domain/events/stated-time.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

type Deps = {
  log: Logger
  metrics: Pick<Metrics, 'tooOld'>
  note(project: string, event: NewEvent): Promise<unknown>
  onError(error: unknown): void
}

type LeftOut = { project: string; source: string; reason: string }

/** A clock before this year was never set. */
const YEAR_OF_DOUBT = 2020
const SAY_EVERY_MS = 10 * 60_000
const SOURCES_REMEMBERED = 1_000

/** Counts, logs and notes in the project's log what was too old; of a repeated history only a wrong clock. */
export function openTooOldReports({ log, metrics, note, onError }: Deps) {
  const untold = new Map<string, number>()

  function tell(reported: LeftOut, count: number) {
    const { project, source, reason } = reported
    log.warn(`reports of ${project} are left out: ${reason}`, { source, events: count })
    if (source === 'orchestrator' && !reason.startsWith(WRONG)) return
    note(project, { type: 'reports_lost', id: Bun.randomUUIDv7(), told_by: source, reason, count }).catch(onError)
  }

  function wait(key: string, reported: LeftOut) {
    untold.set(key, 0)
    const timer = setTimeout(() => {
      const count = untold.get(key) ?? 0
      untold.delete(key)
      if (count === 0) return
      tell(reported, count)
      wait(key, reported)
    }, SAY_EVERY_MS)
    timer.unref()
  }

  return (source: string, { project, tooOld }: { project: string; tooOld: readonly NewEvent[] }): void => {
    metrics.tooOld.inc({ source }, tooOld.length)
    const reported = { project, source, reason: reasonOf(tooOld) }
    const key = JSON.stringify(reported)
    const known = untold.get(key)
    if (known !== undefined) return void untold.set(key, known + tooOld.length)
    tell(reported, tooOld.length)
    if (untold.size < SOURCES_REMEMBERED) wait(key, reported)
  }
}

const WRONG = 'reports come with a clock of '

function reasonOf(tooOld: readonly NewEvent[]): string {
  const stated = tooOld.flatMap(({ timestamp }) => (timestamp === undefined ? [] : (parseStatedTime(timestamp)?.ms ?? [])))
  const year = new Date(Math.max(...stated, Number.MIN_SAFE_INTEGER)).getUTCFullYear()
  return year < YEAR_OF_DOUBT ? `${WRONG}${year}` : 'they say that they are older than what is kept'
}

import { type Bus, topics } from '../../bus/bus.ts'
import { boundEvent } from '../../domain/events/bound-event.ts'
import type { NewEvent } from '../../domain/events/event.ts'
import { parseStatedTime } from '../../domain/events/stated-time.ts'
import type { Appended, EventLog } from '../../event-log/event-log.ts'
import type { Redact } from '../redaction/redact.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Tracing } from '../../telemetry/tracing.ts'
import { openTooOldReports } from './too-old-reports.ts'

export type AcceptDeps = {
  eventLog: EventLog
  bus: Bus
  redact: Redact
  registerProject(name: string, isNew?: boolean): Promise<string>
  /** ms since 1970; 0 when everything is kept. */
  keptSince(): number
}

export type Accepted = Appended & { project: string; tooOld: readonly NewEvent[] }

/** Zones reach UTC+14:00, so a zoneless time may be this much later than it looks. */
const ZONE_MS = 14 * 60 * 60_000

/**
 * Removes secrets, then cuts texts (half a secret is not recognised), stores, and only then announces.
 * Events beyond the retention are left out: their ids are forgotten, so a repeated history would be stored again.
 * Rejects with LogUnavailableError; a failing bus fails no report, because the log has the events.
 */
export async function acceptEvents(deps: AcceptDeps, project: string, events: readonly NewEvent[]): Promise<Accepted> {
  const name = await deps.registerProject(project)
  const keptSince = deps.keptSince()
  const tooOld = keptSince === 0 ? [] : events.filter(({ timestamp }) => isForgotten(timestamp, keptSince))
  const news = tooOld.length === 0 ? events : events.filter((event) => !tooOld.includes(event))
  const bounded = news.map((event) => boundEvent(deps.redact(event)))
  const stored = await storeAndAnnounce(deps, name, bounded)
  // At offset 1 the log may have been emptied together with the registry.
  if (stored.appended[0]?.offset === 1) await deps.registerProject(name, true)
  return { project: name, ...stored, tooOld }
}

function isForgotten(timestamp: unknown, keptSince: number): boolean {
  const stated = typeof timestamp === 'string' ? parseStatedTime(timestamp) : undefined
  return stated !== undefined && stated.ms + (stated.isZoned ? 0 : ZONE_MS) < keptSince
}

/** The only place that announces: what is on the bus is in the log. */
export async function storeAndAnnounce(
  { eventLog, bus }: Pick<AcceptDeps, 'eventLog' | 'bus'>,
  project: string,
  events: readonly NewEvent[],
): Promise<Appended> {
  const stored = await eventLog.append(project, events)
  if (stored.appended.length > 0) bus.publish(topics.events, { project, ...stored.position, events: stored.appended })
  return stored
}

type ReportDeps = AcceptDeps & {
  metrics: Pick<Metrics, 'events' | 'duplicates' | 'tooOld'>
  tracing: Pick<Tracing, 'span'>
  log: Logger
  onError(error: unknown): void
  onStored(stored: Accepted): void
}

/** Like `acceptEvents`, per source: traced, counted, and with a warning for reports that are too old. */
export function openAccept(deps: ReportDeps) {
  const { metrics, tracing, onStored } = deps
  const note = (project: string, event: NewEvent) => storeAndAnnounce(deps, project, [event])
  const tellTooOld = openTooOldReports({ ...deps, note })
  return (source: string) => (project: string, events: readonly NewEvent[]) =>
    tracing.span(
      { name: 'report', isRoot: true, attributes: { 'visualizer.source': source, 'visualizer.events': events.length } },
      async () => {
        const stored = await acceptEvents(deps, project, events)
        metrics.events.inc({ source }, stored.appended.length)
        metrics.duplicates.inc({ source }, stored.duplicates)
        if (stored.tooOld.length > 0) tellTooOld(source, stored)
        onStored(stored)
        return stored
      },
    )
}

import type { Bus } from '../bus/bus.ts'
import { topics } from '../bus/topics.ts'
import { boundEvent } from '../domain/bound-event.ts'
import type { NewEvent } from '../domain/event.ts'
import type { Appended, EventLog } from '../event-log/event-log.ts'
import type { Redact } from './redact.ts'

export type AcceptDeps = {
  eventLog: EventLog
  bus: Bus
  redact: Redact
  /** Makes sure that reports have a project to go to; resolves with the name that it is registered under. */
  registerProject(name: string): Promise<string>
}

/**
 * Stores what was reported, then announces it. Secrets go before long texts are cut: half a secret is not recognised. In
 * this order, too: a browser that misses the announcement finds the events
 * in the log when it catches up. For the same reason a failing bus fails no report. Rejects with LogUnavailableError
 * while nothing can be stored.
 */
export async function acceptEvents(
  deps: AcceptDeps,
  project: string,
  events: readonly NewEvent[],
): Promise<Appended & { project: string }> {
  const name = await deps.registerProject(project)
  return {
    project: name,
    ...(await storeAndAnnounce(
      deps,
      name,
      events.map((event) => boundEvent(deps.redact(event))),
    )),
  }
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

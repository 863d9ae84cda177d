import type { StoredEvent } from '../domain/events/event.ts'
import type { Traced } from '../telemetry/tracing.ts'

/** Appended events and the head after them; without events where they are too large to carry. `trace` is the report's W3C traceparent. */
export type Announcement = { project: string; epoch: string; offset: number; events: StoredEvent[]; trace?: string }

export type Subscriber = {
  deliver(announcement: Announcement): void
  /** Messages may be lost, for instance while the broker was away. */
  missed(): void
}

export type Unsubscribe = () => void

/** Announcements between workers, the publisher's own included, in order per project. At most once: the log has what is missed. */
export type Bus = {
  /** Never throws; failures are counted. */
  publish(topic: string, announcement: Announcement): void
  /** Resolves once messages arrive, or at once while the broker is away: `missed()` tells when it is back. */
  subscribe(topic: string, subscriber: Subscriber): Promise<Unsubscribe>
  /** False while other workers' messages cannot arrive: the log is then read more often. */
  isUp(): boolean
  close(): Promise<void>
}

/** Traces messages across programs. */
export function tracedBus(bus: Bus, { tracing, system }: Traced): Bus {
  const step = (name: string, { events }: Announcement) => ({
    name,
    attributes: { 'messaging.system': system, 'messaging.operation.name': name, 'visualizer.events': events.length },
  })
  return {
    publish: (topic, announcement) =>
      tracing.span({ ...step('publish', announcement), kind: 'producer' }, () => {
        const carried = tracing.carry()
        bus.publish(topic, carried === undefined ? announcement : { ...announcement, trace: carried })
      }),
    subscribe: (topic, subscriber) =>
      bus.subscribe(topic, {
        deliver: (announcement) =>
          tracing.follow(
            announcement.trace === undefined ? [] : [announcement.trace],
            { ...step('deliver', announcement), kind: 'consumer' },
            () => subscriber.deliver(announcement),
          ),
        missed: () => subscriber.missed(),
      }),
    isUp: () => bus.isUp(),
    close: () => bus.close(),
  }
}

export const topics = {
  /** Appends to the log of any project, and of all projects: one topic, because every worker keeps a summary of every project. */
  events: 'events',
  /** Appends to the log of who may come in: seldom, and heard by few. */
  access: 'access',
} as const

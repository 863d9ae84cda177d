import type { StoredEvent } from '../domain/events/event.ts'
import type { Traced } from '../telemetry/tracing.ts'

/**
 * What was appended: the log's position after these events, which end there without a hole between them. Without events where
 * they are too large to carry: followers read them. `trace` is the W3C traceparent of the report, when it is traced.
 */
export type Announcement = { project: string; epoch: string; offset: number; events: StoredEvent[]; trace?: string }

export type Subscriber = {
  deliver(announcement: Announcement): void
  /** Messages may have been lost, for instance while the broker was away. */
  missed(): void
}

export type Unsubscribe = () => void

/**
 * Carries announcements between the workers of one deployment. Every subscriber hears every message of its topic,
 * its own worker's included, so live delivery has one path. Messages of one project keep the order of their publisher. At most once:
 * what was missed is read from the log.
 */
export type Bus = {
  /** Never throws: a failure is counted, and followers heal from the log. */
  publish(topic: string, announcement: Announcement): void
  /**
   * Resolves once the subscriber hears what is published from now on. Where the broker is away it resolves all the same: the
   * subscription begins when it is back, and `missed()` tells of that.
   */
  subscribe(topic: string, subscriber: Subscriber): Promise<Unsubscribe>
  /** False while messages of other workers cannot arrive: followers then look at the log more often. */
  isUp(): boolean
  close(): Promise<void>
}

/** Lets announcements carry the trace that they belong to, and what hears them be part of it, in whatever program that is. */
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

/** Every topic of the bus, so that no name is written twice. */
export const topics = {
  /**
   * What was appended to any project's log, `_projects` included. One topic for all of them, because every worker keeps a
   * summary of every project and so has to hear everything.
   */
  events: 'events',
} as const

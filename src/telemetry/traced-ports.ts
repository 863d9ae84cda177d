import type { Announcement, Bus } from '../bus/bus.ts'
import type { EventLog } from '../event-log/event-log.ts'
import type { KeyValue } from '../key-value/key-value.ts'
import type { Tracing } from './tracing.ts'

/** `system` names the engine as OpenTelemetry spells it: sqlite, redis, postgresql; of a bus: redis, ipc. */
export type Traced = { tracing: Tracing; system: string }

/** Tells of every call of a log: what it was and what engine answered it, neither statements nor keys. */
export function tracedEventLog(log: EventLog, { tracing, system }: Traced): EventLog {
  const ask = <T>(operation: string, run: () => Promise<T>) =>
    tracing.span({ name: operation, kind: 'client', attributes: { 'db.system.name': system, 'db.operation.name': operation } }, run)
  return {
    append: (project, events) =>
      tracing.span({ name: 'append', attributes: { 'db.system.name': system, 'visualizer.events': events.length } }, async (span) => {
        const stored = await log.append(project, events)
        span.set({ 'visualizer.appended': stored.appended.length, 'visualizer.duplicates': stored.duplicates })
        return stored
      }),
    read: (project, range) => ask('read', () => log.read(project, range)),
    head: (project) => ask('head', () => log.head(project)),
    heads: () => ask('heads', () => log.heads()),
    snapshot: (key, atOrBefore) => ask('snapshot', () => log.snapshot(key, atOrBefore)),
    saveSnapshot: (snapshot) => ask('save snapshot', () => log.saveSnapshot(snapshot)),
    offsetAt: (project, at) => ask('offset at', () => log.offsetAt(project, at)),
    time: () => ask('time', () => log.time()),
    trim: (beginning) => ask('trim', () => log.trim(beginning)),
    beginning: (project) => ask('beginning', () => log.beginning(project)),
    purge: (project) => ask('purge', () => log.purge(project)),
    tryAppend: () => ask('try append', () => log.tryAppend()),
    check: () => ask('check', () => log.check()),
    close: () => log.close(),
  }
}

/** The same of the small shared things. */
export function tracedKeyValue(store: KeyValue, { tracing, system }: Traced): KeyValue {
  const ask = <T>(operation: string, run: () => Promise<T>) =>
    tracing.span({ name: operation, kind: 'client', attributes: { 'db.system.name': system, 'db.operation.name': operation } }, run)
  return {
    get: (key) => ask('get', () => store.get(key)),
    set: (key, value, options) => ask('set', () => store.set(key, value, options)),
    delete: (key) => ask('delete', () => store.delete(key)),
    increment: (key, by, ttlMs) => ask('increment', () => store.increment(key, by, ttlMs)),
    compareAndSet: (key, change) => ask('compare and set', () => store.compareAndSet(key, change)),
    acquire: (keys, owner, ttlMs) => ask('acquire', () => store.acquire(keys, owner, ttlMs)),
    release: (keys, owner) => ask('release', () => store.release(keys, owner)),
    close: () => store.close(),
  }
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

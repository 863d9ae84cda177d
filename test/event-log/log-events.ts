import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import type { EventLog } from '../../src/event-log/event-log.ts'

/** An event of somebody's own, with whatever fields a test needs. */
export function event(id: string, fields: Record<string, unknown> = {}): NewEvent {
  return { ...fields, type: 'x-test', id }
}

/** `count` events with ids of their own: `prefix-0`, `prefix-1`, … */
export function events(prefix: string, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, index) => event(`${prefix}-${index}`, { index }))
}

/** Everything a project's log holds, page by page. */
export async function readAll(log: EventLog, project: string): Promise<StoredEvent[]> {
  const all: StoredEvent[] = []
  for (;;) {
    const page = await log.read(project, { after: all.length, limit: 1_000 })
    all.push(...page.events)
    if (page.events.length === 0) return all
  }
}

export const ids = (stored: readonly StoredEvent[]) => stored.map(({ id }) => id)
export const offsets = (stored: readonly StoredEvent[]) => stored.map(({ offset }) => offset)
export const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

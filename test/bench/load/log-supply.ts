import type { NewEvent } from '../../../src/domain/events/event.ts'

/** 230 bytes as JSON. */
function newEvent(): NewEvent {
  return {
    type: 'agent_activity',
    id: Bun.randomUUIDv7(),
    agent_type: 'CodeAgent',
    action: 'x'.repeat(109),
    status: 'started',
    tool: 'Edit',
  }
}

/** So many events that nobody told before. */
export const batchOf = (size: number) => Array.from({ length: size }, newEvent)

/** Made before the clock starts, and used once: making events is not what is measured. */
export const batches = (size: number) => Array.from({ length: Math.ceil(400_000 / Math.max(size, 4)) }, () => batchOf(size))

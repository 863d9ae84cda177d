import type { Child } from 'hono/jsx'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import type { EventIconName } from './event-icon.tsx'

/** An event as the feed says it: who did what, at which story. */
export type Line = {
  icon: EventIconName
  /** Foreign text. */
  who: string
  what: Child
  storyId?: string | undefined
  isUnexpected?: boolean
}

export type EventOf<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>

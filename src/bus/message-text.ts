import type { StoredEvent } from '../domain/events/event.ts'
import { isRecord, jsonOf } from '../domain/events/loose-fields.ts'
import type { Announcement } from './bus.ts'
import type { Sent } from './subscriptions.ts'

/** In bytes. Larger announcements travel without events; larger messages are split. */
export const MESSAGE_LIMIT = 256 * 1024

export type Message = { sent: Sent[]; isLost: boolean }

/** An announcement as text of at most MESSAGE_LIMIT bytes. */
export function entryText(topic: string, announcement: Announcement): { text: string; bytes: number } {
  const text = JSON.stringify([topic, announcement])
  const bytes = Buffer.byteLength(text)
  if (bytes <= MESSAGE_LIMIT || announcement.events.length === 0) return { text, bytes }
  return entryText(topic, { ...announcement, events: [] })
}

/** A message of such entries. */
export const messageText = (entries: readonly string[], isLost: boolean): string => `{"lost":${isLost},"sent":[${entries.join(',')}]}`

/** The received message; undefined where it is not this program's. */
export function readMessage(text: string): Message | undefined {
  const value = jsonOf(text)
  if (!isRecord(value) || typeof value.lost !== 'boolean' || !Array.isArray(value.sent)) return undefined
  const sent: Message['sent'] = []
  const entries: unknown[] = value.sent
  for (const entry of entries) {
    const [topic, announcement] = listOf(entry)
    if (typeof topic !== 'string' || !isAnnouncement(announcement)) return undefined
    sent.push({ topic, announcement })
  }
  return { sent, isLost: value.lost }
}

function isAnnouncement(value: unknown): value is Announcement {
  if (!isRecord(value)) return false
  const { project, epoch, offset, events, trace } = value
  const isTraced = trace === undefined || typeof trace === 'string'
  return typeof project === 'string' && typeof epoch === 'string' && isCount(offset) && isTraced && areEvents(events)
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const areEvents = (value: unknown) => Array.isArray(value) && value.every(isStoredEvent)

function isStoredEvent(value: unknown): value is StoredEvent {
  if (!isRecord(value)) return false
  const { type, id, offset, received_at: receivedAt } = value
  return typeof type === 'string' && typeof id === 'string' && isCount(offset) && typeof receivedAt === 'number'
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0

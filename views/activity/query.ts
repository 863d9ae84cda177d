import { EVENT_KINDS, type EventKind, eventHolds, eventKind } from '../../src/domain/events/event-kind.ts'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { typedText } from '../../src/domain/events/plain-text.ts'

/** Which of a project's events an address asks for. */
export type ActivityQuery = { kind?: EventKind | undefined; text?: string | undefined }

/** Which part of the log: what lies below an offset, or above one; the newest where neither is given. */
export type ActivityPlace = { before?: number | undefined; after?: number | undefined }

const TEXT_LIMIT = 200

export function parseActivityQuery(params: URLSearchParams): ActivityQuery {
  const text = typedText(params.get('q') ?? '', TEXT_LIMIT)
  return { kind: EVENT_KINDS.find((kind) => kind === params.get('kind')), text: text === '' ? undefined : text }
}

/** The same as a search: empty where nothing is narrowed. */
export function activitySearch({ kind, text }: ActivityQuery, { before, after }: ActivityPlace = {}): string {
  const params = new URLSearchParams()
  if (kind) params.set('kind', kind)
  if (text) params.set('q', text)
  if (before !== undefined) params.set('before', String(before))
  if (after !== undefined) params.set('after', String(after))
  return params.size === 0 ? '' : `?${params}`
}

export function isAskedFor({ kind, text }: ActivityQuery): (event: StoredEvent) => boolean {
  return (event) => (kind === undefined || eventKind(event) === kind) && (text === undefined || eventHolds(event, text))
}

export const isNarrowed = ({ kind, text }: ActivityQuery): boolean => kind !== undefined || text !== undefined

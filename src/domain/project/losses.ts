import { type Draft, copyOnWrite } from './draft.ts'
import type { StoredEvent } from '../events/event.ts'

/** Adds up what is missing; what was looked at is told no more. */
export function foldLosses(draft: Draft, event: StoredEvent) {
  if (event.type === 'losses_seen') return forgetSeen(draft, event.up_to)
  if (event.type !== 'reports_lost') return
  const { told_by: source, reason, detail, count, is_more, received_at: at, offset } = event
  const key = JSON.stringify([source, reason])
  const known = draft.next.losses.get(key)
  const losses = copyOnWrite(draft, 'losses')
  losses.delete(key)
  losses.set(key, {
    ...{ source, reason, detail, offset, lastAt: at, since: known?.since ?? at },
    count: (known?.count ?? 0) + (count ?? 0),
    isMore: count === null || is_more === true || known?.isMore === true,
  })
}

function forgetSeen(draft: Draft, upTo: number) {
  const seen = [...draft.next.losses].filter(([, { offset }]) => offset <= upTo)
  if (seen.length === 0) return
  const losses = copyOnWrite(draft, 'losses')
  for (const [key] of seen) losses.delete(key)
}

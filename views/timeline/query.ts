const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** How long a window is, from when on a pause in it is folded, and how it is called. */
export const WINDOWS = {
  '15m': { ms: 15 * MINUTE_MS, quietMs: 3 * MINUTE_MS, words: '15 minutes' },
  '1h': { ms: HOUR_MS, quietMs: 10 * MINUTE_MS, words: 'hour' },
  '6h': { ms: 6 * HOUR_MS, quietMs: 40 * MINUTE_MS, words: '6 hours' },
  '24h': { ms: 24 * HOUR_MS, quietMs: 2 * HOUR_MS, words: '24 hours' },
  '7d': { ms: 168 * HOUR_MS, quietMs: 10 * HOUR_MS, words: '7 days' },
} as const

type WindowName = keyof typeof WINDOWS
export const WINDOW_NAMES = ['15m', '1h', '6h', '24h', '7d'] as const satisfies readonly WindowName[]

export type TimelineQuery = { by: 'story' | 'agent'; window: WindowName; /** Pauses as long as they were. */ showsGaps: boolean }

/** Reads `?by=&window=&gaps=`; what is unknown is as if it were not there. */
export function parseTimelineQuery(search: URLSearchParams): TimelineQuery {
  const asked = search.get('window')
  return {
    by: search.get('by') === 'agent' ? 'agent' : 'story',
    window: WINDOW_NAMES.find((name) => name === asked) ?? '1h',
    showsGaps: search.get('gaps') === 'show',
  }
}

/** The same as the query of an address, in one spelling; empty where it asks for what is shown anyway. */
export function timelineSearch({ by, window, showsGaps }: TimelineQuery): string {
  const search = new URLSearchParams()
  if (by !== 'story') search.set('by', by)
  if (window !== '1h') search.set('window', window)
  if (showsGaps) search.set('gaps', 'show')
  return search.size === 0 ? '' : `?${search.toString()}`
}

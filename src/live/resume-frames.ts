import { type FrameHead, stampHead } from './frame.ts'

export type ResumeFrames = {
  /** The frame for a viewer who comes back with a position; rendered once for all who do so now. */
  frame(since: string, render: () => FrameHead & { events: number }): string
  /** Something happened: what was rendered is no longer true. */
  clear(): void
}

/** Viewers who return together, after a restart for instance, were rendered at few positions. */
const KEPT = 16
/** How old a rendering may be: what it draws along a time axis stands still in it. */
const KEPT_MS = 1_000

/** Keeps catch-up frames for a moment. */
export function openResumeFrames(now: () => number): ResumeFrames {
  const kept = new Map<string, { head: string; events: number }>()
  let keptSince = 0

  return {
    frame(since, render) {
      if (now() - keptSince > KEPT_MS) kept.clear()
      if (kept.size === 0) keptSince = now()
      const known = kept.get(since)
      if (known) return stampHead(known.head, now(), known.events)
      const { events, ...head } = render()
      const fresh = { head: JSON.stringify(head), events }
      if (kept.size < KEPT) kept.set(since, fresh)
      return stampHead(fresh.head, now(), events)
    },
    clear: () => kept.clear(),
  }
}

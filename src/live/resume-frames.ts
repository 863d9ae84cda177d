import { type FrameHead, stampHead } from './frame.ts'

export type ResumeFrames = {
  /**
   * The frame for a viewer who comes back. `key` names what the viewer has of the page: whoever has the same is sent the same, rendered
   * once for all who come now. `events` is how many are new to this one.
   */
  frame(wish: { key: string; events: number }, render: () => FrameHead): string
  /** A part of such frames that is the same whatever the viewer has. */
  shared(render: () => string): string
  /** Something happened: what was rendered is no longer true. */
  clear(): void
}

/** Rows that may differ between viewers are few: of a list at hand each begins with one of fifty. */
const KEPT = 64
/** How old a rendering may be: what it draws along a time axis stands still in it. */
const KEPT_MS = 1_000

/** Keeps catch-up frames for a moment. */
export function openResumeFrames(now: () => number): ResumeFrames {
  const heads = new Map<string, string>()
  let part: string | undefined
  let keptSince = -Infinity

  function clear() {
    heads.clear()
    part = undefined
  }

  function clearOld() {
    if (now() - keptSince > KEPT_MS) clear()
    if (heads.size === 0 && part === undefined) keptSince = now()
  }

  return {
    frame({ key, events }, render) {
      clearOld()
      const head = heads.get(key) ?? JSON.stringify(render())
      if (heads.size < KEPT) heads.set(key, head)
      return stampHead(head, now(), events)
    },
    shared(render) {
      clearOld()
      return (part ??= render())
    },
    clear,
  }
}

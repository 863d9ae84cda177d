import type { ProjectChange } from '../projection/projections.ts'
import { type FrameHead, frameText, stampHead } from './frame.ts'

/** A page that somebody watches: what it shows, kept once for all its viewers. Both answers are frames as text. */
export type LivePage = {
  /** The one project that the page shows; undefined when a change of any project may concern it. */
  project: string | undefined
  /** Takes a change in; true when the page shows something of it. */
  take(change: ProjectChange): boolean
  /** What changed since the last flush, if anything; afterwards the page counts as flushed. */
  flush(): string | undefined
  /** True when the viewer's page was rendered from a later state than this one: another worker may have been ahead. */
  isBehind(since: string | undefined): boolean
  /** What a viewer must be told whose page was rendered at `since`; all of the page without one. */
  resume(since: string | undefined): string
  /** Where the page stands. */
  position(): string
  /** What it is made from; undefined for a page whose position says all. */
  made?(): string
  /** Nobody watches it any more. */
  close?(): void
}

/** What one kind of page knows of itself; `openLivePage` does with it what is the same for all. */
export type PageContent = Pick<LivePage, 'project' | 'take' | 'position' | 'made' | 'close'> & {
  isBehind?(since: string | undefined): boolean
  /** Fragments for what changed since this was asked last, and how many events are new; undefined (or no text) where there is none. */
  changed(): { html: string; events: number } | undefined
  /** What a viewer at `since` is to be told. Viewers with the same `key` get the same text, rendered once for all who come now. */
  missed(since: string): { key: string; events: number; render(shared: Shared): string }
  /** When something on the page happened last, ms since 1970. */
  lastEventAt?(): number | undefined
}

/** Renders a part of catch-up frames that is the same whatever the viewer has; `id` names it. */
export type Shared = (id: string, render: () => string) => string

/** The loop of every live page: changes come in, frames go out, and who comes back shares what was rendered for others. */
export function openLivePage(page: PageContent, now: () => number): LivePage {
  const resumes = openResumeFrames(now)
  const head = (content: string): FrameHead => ({ content, since: page.position(), lastEventAt: page.lastEventAt?.() })
  return {
    isBehind: () => false,
    ...page,
    take(change) {
      resumes.clear()
      return page.take(change)
    },
    flush() {
      const changed = page.changed()
      if (changed) resumes.clear()
      return changed && changed.html !== '' ? frameText({ ...head(changed.html), now: now(), events: changed.events }) : undefined
    },
    resume(since = '') {
      const { render, ...wish } = page.missed(since)
      return resumes.frame(wish, () => head(render(resumes.shared)))
    },
  }
}

/** Rows that may differ between viewers are few: of a list at hand each begins with one of fifty. */
const KEPT = 64
/** How old a rendering may be: what it draws along a time axis stands still in it. */
const KEPT_MS = 1_000

/** Keeps catch-up frames for a moment. */
function openResumeFrames(now: () => number) {
  const heads = new Map<string, string>()
  const parts = new Map<string, string>()
  let keptSince = -Infinity

  function clear() {
    heads.clear()
    parts.clear()
  }

  function clearOld() {
    if (now() - keptSince > KEPT_MS) clear()
    if (heads.size === 0 && parts.size === 0) keptSince = now()
  }

  return {
    /** How many events are new is each viewer's own. */
    frame({ key, events }: { key: string; events: number }, render: () => FrameHead): string {
      clearOld()
      const head = heads.get(key) ?? JSON.stringify(render())
      if (heads.size < KEPT) heads.set(key, head)
      return stampHead(head, now(), events)
    },
    shared(id: string, render: () => string): string {
      clearOld()
      const part = parts.get(id) ?? render()
      parts.set(id, part)
      return part
    },
    /** Something happened: what was rendered is no longer true. */
    clear,
  }
}

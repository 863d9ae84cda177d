import type { ProjectChange } from '../projection/projections.ts'

/**
 * A page that somebody watches: what it shows, kept once for all its viewers. Both answers are frames as text. A page
 * renders a fragment again only when what it shows was replaced.
 */
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

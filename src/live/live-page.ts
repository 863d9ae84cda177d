import type { Child } from 'hono/jsx'
import { newest } from '../domain/bounded.ts'
import type { StoredEvent } from '../domain/events/event.ts'
import { hasAged } from '../domain/project/words-at.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import type { ProjectChange, ProjectView } from '../projection/projections.ts'
import { type FrameHead, frameText, replace, stampHead, upsert } from './frame.ts'
import { eventsAfter, missedRows, ownPosition, positionOf, readSince, standing } from './position.ts'

/** What a page tells by itself, until nobody watches it any more. */
export type PageNews = {
  /** It has something to show that no change told of. */
  stir(): void
  /** What it does by itself failed, and it tries again. */
  failed(error: unknown): void
}

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

/** A project as a page shows it. */
export type Shown = {
  project: Project
  summary: ProjectSummary
  view: ProjectView
  /** The moment that the page looks back at, as its address says it; undefined on a page that is kept current. */
  at?: string | undefined
  /** The project stands alone in a file: no other page can be reached, and nothing can be changed. */
  isAlone?: boolean | undefined
}

/** A part of a page, by the id of its element. The first paint renders it, and frames do again when what it reads was replaced. */
export type PageSection<Id extends string = string> = {
  id: Id
  /** What of the project the section shows. */
  reads(shown: Shown, now: number): readonly unknown[]
  render(shown: Shown, now: number): Child
  /** Fragments of the members that changed, for a section that holds many; without it all of the section is sent. */
  members?(looks: Looks): string
  /** It shows what no number of an event tells, settings or what time made of it: who comes back gets it whatever the number. */
  isBeside?: true
  /** Time alone changes words of it: somebody falls silent, or a question expires. */
  ages?: true
}

/** What was shown at `beforeAt`, and what is to be shown now; `isDue` when words may have changed without an event. */
export type Looks = { before: Shown; beforeAt: number; after: Shown; now: number; isDue: boolean }

/** Some of the project's events, newest first, in the element `id`. */
export type EventList = {
  id: string
  /** Which events it lists; all where it does not say. */
  isIn?(event: StoredEvent): boolean
  row(event: StoredEvent, now: number): unknown
  /** The list alone, to replace one of another log. */
  whole(events: readonly StoredEvent[], now: number): unknown
  /** What tells the page that rows between those that it has and `rows` may be missing; without it the list begins anew with what is at hand. */
  gap?(view: ProjectView, rows: string): string
}

type Sections = { sections: readonly PageSection[]; list?: EventList | undefined; now(): number }

/** What a list has to show since the last flush. A burst that outran what is at hand leaves a gap. */
type News = { events: readonly StoredEvent[]; isGap: boolean }
const NO_NEWS: News = { events: [], isGap: false }

/** As many as are at hand of a project: what is older would be dropped by the page. */
const NEWS_KEPT = 50

/** A page of one project that is made of sections; a change that none of them reads costs no rendering and no frame. */
export function openSections(first: Shown, { sections, list, now }: Sections): LivePage {
  let [shown, shownAt, current, news] = [first, now(), first, NO_NEWS]
  const listed = (told: News, isOther: boolean) => (list ? listPart(list, { news: told, view: current.view, now: now() }, isOther) : '')
  const counted = (told: News, since: string) => (list?.isIn ? told.events.length : eventsAfter(since, current.view))

  const looks = (): Looks => ({ before: shown, beforeAt: shownAt, after: current, now: now(), isDue: isDue(shown, now()) })

  const content = {
    project: first.project.name,
    ...standing(() => current.view),
    lastEventAt: () => current.view.state.lastEventAt,
    take({ project, summary, view }: Shown) {
      // Looked at with every event, because those that nobody is shown are not flushed: the list misses none for their sake.
      news = list ? withMore(news, newsAfter(list, positionOf(current.view), view)) : news
      current = { ...first, project, summary, view }
      return news.isGap || news.events.length > 0 || sections.some(isReplaced(looks()))
    },
    changed() {
      if (shown === current) return undefined
      const [told, since, isOther] = [news, positionOf(shown.view), isOtherLog(looks())]
      const html = changedParts(sections, looks()) + listed(told, isOther)
      ;[shown, shownAt, news] = [current, now(), NO_NEWS]
      return { html, events: counted(told, since) }
    },
    missed(since: string) {
      const told = list ? newsAfter(list, since, current.view) : NO_NEWS
      const isHere = since === positionOf(current.view)
      const render = (shared: Shared) =>
        sections
          .filter(isHere ? isBeside(current, now()) : () => true)
          .map(({ id, render }) => shared(id, () => replace(id, render(current, now()))))
          .join('') + listed(told, ownPosition(since, current.view) === '')
      return { key: missedRows(current.view, since), events: counted(told, since), render }
    },
  }
  return openLivePage(content, now)
}

/** Whether words of a page have changed since, without any event: somebody fell silent, or a question expired. */
export const isDue = ({ summary }: Shown, now: number): boolean => (summary.nextLookAt ?? Infinity) <= now

function isBeside({ view, summary: { staleMinutes } }: Shown, now: number): (section: PageSection) => boolean {
  const isAged = hasAged(view.state, { now, staleMinutes })
  return ({ isBeside: isAlways, ages }) => isAlways === true || (ages === true && isAged)
}

const isOtherLog = ({ before, after }: Looks) => before.view.epoch !== after.view.epoch

const isReplaced =
  (looks: Looks) =>
  ({ reads, ages }: PageSection): boolean => {
    const { before, after, now, isDue } = looks
    if ((ages && isDue) || isOtherLog(looks)) return true
    const [was, is] = [reads(before, now), reads(after, now)]
    return was.length !== is.length || is.some((part, index) => part !== was[index])
  }

const changedParts = (sections: readonly PageSection[], looks: Looks): string =>
  sections
    .filter(isReplaced(looks))
    .map(({ id, render, members }) => (isOtherLog(looks) ? undefined : members?.(looks)) ?? replace(id, render(looks.after, looks.now)))
    .join('')

function newsAfter({ isIn = () => true }: EventList, since: string, view: ProjectView): News {
  const [{ offset }, { recent }] = [readSince(ownPosition(since, view)), view]
  if (Number.isNaN(offset) || offset === view.state.offset) return NO_NEWS
  return { events: recent.filter((event) => event.offset > offset && isIn(event)), isGap: (recent[0]?.offset ?? 1) > offset + 1 }
}

function withMore(news: News, more: News): News {
  const events = [...news.events, ...more.events]
  return { events: newest(events, NEWS_KEPT), isGap: news.isGap || more.isGap || events.length > NEWS_KEPT }
}

type Rows = { news: News; view: ProjectView; now: number }

/** New rows on top of those that are there; of another log, and after a gap that the list cannot tell of, all that is at hand. */
function listPart({ id, isIn = () => true, row, whole, gap }: EventList, { news, view, now }: Rows, isOther: boolean): string {
  if (isOther || (news.isGap && !gap)) return replace(id, whole(view.recent.filter(isIn).toReversed(), now))
  const rows = news.events.length === 0 ? '' : upsert(id, news.events.map((event) => String(row(event, now))).join(''))
  return news.isGap && gap ? gap(view, rows) : rows
}

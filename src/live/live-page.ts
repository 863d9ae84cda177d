import type { Child } from 'hono/jsx'
import type { Rights } from '../auth/rights.ts'
import { newest } from '../domain/bounded.ts'
import type { StoredEvent } from '../domain/events/event.ts'
import { hasAged } from '../domain/project/words-at.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import type { ProjectChange, ProjectView } from '../projection/projections.ts'
import { type FrameHead, frameText, replace, stampHead, upsert } from './frame.ts'
import { eventsAfter, missedRows, ownPosition, positionOf, readSince, standing } from './position.ts'

export type PageNews = {
  stir(): void
  failed(error: unknown): void
}

/** A page that somebody watches, kept once for all its viewers. Frames are texts. */
export type LivePage = {
  project: string | undefined
  take(change: ProjectChange): boolean
  flush(): string | undefined
  /** True when the viewer's page comes from a worker that was ahead of this one. */
  isBehind(since: string | undefined): boolean
  /** What a viewer with a page of `since` lacks; without it all of the page. */
  resume(since: string | undefined): string
  position(): string
  made?(): string
  close?(): void
}

/** What a kind of page brings; `openLivePage` does what all have in common. */
export type PageContent = Pick<LivePage, 'project' | 'take' | 'position' | 'made' | 'close'> & {
  isBehind?(since: string | undefined): boolean
  changed(): { html: string; events: number } | undefined
  /** What a viewer at `since` lacks; viewers with the same `key` share one rendering. */
  missed(since: string): { key: string; events: number; render(shared: Shared): string }
  lastEventAt?(): number | undefined
}

export type Shared = (id: string, render: () => string) => string

/** The loop of every live page: takes changes, makes frames, and shares renderings among returning viewers. */
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

/** Lists at hand hold fifty rows, so viewers differ in few ways. */
const KEPT = 64
const KEPT_MS = 1_000

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
    clear,
  }
}

export type Shown = {
  rights?: Rights | undefined
  project: Project
  summary: ProjectSummary
  view: ProjectView
  at?: string | undefined
  /** True in an exported file, without links and forms. */
  isAlone?: boolean | undefined
}

/** A part of a page, by its element's id: rendered first with the page, and again when what it reads was replaced. */
export type PageSection<Id extends string = string> = {
  id: Id
  reads(shown: Shown, now: number): readonly unknown[]
  render(shown: Shown, now: number): Child
  /** Fragments of changed members; without it the whole section is sent. */
  members?(looks: Looks): string
  /** It depends on more than events, so returning viewers always get it. */
  isBeside?: true
  ages?: true
}

/** What was shown at `beforeAt`, and what to show now; `isDue` when words may have changed without an event. */
export type Looks = { before: Shown; beforeAt: number; after: Shown; now: number; isDue: boolean }

export type EventList = {
  id: string
  isIn?(event: StoredEvent): boolean
  row(event: StoredEvent, now: number, view: ProjectView): unknown
  whole(events: readonly StoredEvent[], now: number, view: ProjectView): unknown
  /** Marks that rows may be missing; without it the list is replaced. */
  gap?(view: ProjectView, rows: string): string
}

type Sections = { sections: readonly PageSection[]; list?: EventList | undefined; now(): number }

type News = { events: readonly StoredEvent[]; isGap: boolean }
const NO_NEWS: News = { events: [], isGap: false }

const NEWS_KEPT = 50

/** A page made of sections; only those whose `reads` were replaced are rendered. */
export function openSections(first: Shown, { sections, list, now }: Sections): LivePage {
  let [shown, shownAt, current, news] = [first, now(), first, NO_NEWS]
  const listed = (told: News, isOther: boolean) => (list ? listPart(list, { news: told, view: current.view, now: now() }, isOther) : '')
  const counted = (told: News, since: string) => (list?.isIn ? told.events.length : eventsAfter(since, current.view))

  const looks = (): Looks => ({ before: shown, beforeAt: shownAt, after: current, now: now(), isDue: isDue(shown, now()) })

  const content = {
    project: first.project.name,
    ...standing(() => current.view, first.rights),
    lastEventAt: () => current.view.state.lastEventAt,
    take({ project, summary, view }: Shown) {
      // Collected with every change, because not every change leads to a flush.
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

/** Whether words have changed without an event, as when an agent falls silent. */
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

/** New rows for the list; all rows after an epoch change, or after a gap that the list cannot show. */
function listPart({ id, isIn = () => true, row, whole, gap }: EventList, { news, view, now }: Rows, isOther: boolean): string {
  if (isOther || (news.isGap && !gap)) return replace(id, whole(view.recent.filter(isIn).toReversed(), now, view))
  const rows = news.events.length === 0 ? '' : upsert(id, news.events.map((event) => String(row(event, now, view))).join(''))
  return news.isGap && gap ? gap(view, rows) : rows
}

import type { StoredEvent } from '../domain/events/event.ts'
import { hasAged } from '../domain/project/words-at.ts'
import type { LivePage } from './live-page.ts'
import { frameText, replace, upsert } from './frame.ts'
import { eventsAfter, missedRows, positionOf, readSince, standing } from './position.ts'
import type { Shown } from './project-page.tsx'
import { openResumeFrames } from './resume-frames.ts'
import type { ProjectView } from '../projection/projections.ts'
import { newest } from '../domain/bounded.ts'

/** A part of a page, by the id of its element. */
export type PageSection = {
  id: string
  /** What of the project the section shows: it is rendered anew when one of these was replaced. */
  reads(shown: Shown): readonly unknown[]
  render(shown: Shown, now: number): unknown
  /** It shows what no number of an event tells, settings or what time made of it: who comes back gets it whatever the number. */
  isBeside?: boolean
  /** It shows words, which change without an event: who comes back gets it where one did since the last event. */
  ages?: true
}

/** Some of the project's events, newest first, in the element `id`. */
export type EventList = {
  id: string
  isIn(event: StoredEvent): boolean
  row(event: StoredEvent, now: number): unknown
  /** The list alone, to replace one of another log. */
  whole(events: readonly StoredEvent[], now: number): unknown
  /** What tells the page that rows between those that it has and `rows` may be missing; `rows` are upserts, or empty. */
  gap(view: ProjectView, rows: string): string
}

type Sections = { sections: readonly PageSection[]; list?: EventList; now(): number }

/** What a list has to show since the last flush. A burst that outran what is at hand leaves a gap. */
type News = { events: StoredEvent[]; isGap: boolean }

/** As many as are at hand of a project: what is older would be dropped by the page. */
const NEWS_KEPT = 50

/** A page of one project that is made of sections; a change that none of them reads costs no rendering and no frame. */
export function openSectionPage(first: Shown, { sections, list, now }: Sections): LivePage {
  let shown = first
  let current = first
  let news: News = { events: [], isGap: false }
  const resumes = openResumeFrames(now)
  const head = (content: string) => ({ content, since: positionOf(current.view), lastEventAt: current.view.state.lastEventAt })
  const rendered = (some: readonly PageSection[]) => some.map(({ id, render }) => replace(id, render(current, now()))).join('')
  const listed = (told: News, isOther: boolean) => rowsOf(list, { news: told, view: current.view, now: now() }, isOther)
  const counted = (told: News, since: string) => (list ? told.events.length : eventsAfter(since, current.view))

  return {
    project: first.project.name,
    ...standing(() => current.view),
    take({ project, summary, view }) {
      // Looked at with every event, because those that nobody is shown are not flushed: the list misses none for their sake.
      news = list ? withMore(news, newsAfter(list, positionOf(current.view), view)) : news
      current = { project, summary, view }
      resumes.clear()
      const isNews = news.isGap || news.events.length > 0
      return isNews || isNewLog(shown, current) || sections.some((section) => isReplaced(section, shown, current))
    },
    flush() {
      if (shown === current) return undefined
      const since = positionOf(shown.view)
      const isOther = isNewLog(shown, current)
      const changed = isOther ? sections : sections.filter((section) => isReplaced(section, shown, current))
      const told = news
      const content = rendered(changed) + listed(told, isOther)
      shown = current
      news = { events: [], isGap: false }
      return content === '' ? undefined : frameText({ ...head(content), now: now(), events: counted(told, since) })
    },
    resume(since = '') {
      const told = list ? newsAfter(list, since, current.view) : news
      return resumes.frame({ key: missedRows(current.view, since), events: counted(told, since) }, () => {
        if (since === positionOf(current.view)) return head(rendered(sections.filter(isBeside(current, now()))))
        return head(resumes.shared(() => rendered(sections)) + listed(told, readSince(since).epoch !== current.view.epoch))
      })
    },
  }
}

function isBeside({ view, summary: { staleMinutes } }: Shown, now: number): (section: PageSection) => boolean {
  const isAged = hasAged(view.state, { now, staleMinutes })
  return ({ isBeside: isAlways, ages }) => isAlways === true || (ages === true && isAged)
}
const isNewLog = (before: Shown, after: Shown) => before.view.epoch !== after.view.epoch

function isReplaced({ reads }: PageSection, before: Shown, after: Shown): boolean {
  const [was, is] = [reads(before), reads(after)]
  return was.length !== is.length || is.some((part, index) => part !== was[index])
}

function newsAfter({ isIn }: EventList, since: string, { epoch, state, recent }: ProjectView): News {
  const from = readSince(since)
  const after = from.epoch === epoch && from.offset <= state.offset ? from.offset : Number.NaN
  if (after === state.offset) return { events: [], isGap: false }
  return { events: recent.filter((event) => event.offset > after && isIn(event)), isGap: (recent[0]?.offset ?? 1) > after + 1 }
}

function withMore(news: News, more: News): News {
  const events = [...news.events, ...more.events]
  return { events: newest(events, NEWS_KEPT), isGap: news.isGap || more.isGap || events.length > NEWS_KEPT }
}

type Rows = { news: News; view: ProjectView; now: number }

/** What is to be told of a list, where there is one: of another log all that is at hand. */
function rowsOf(list: EventList | undefined, rows: Rows, isOther: boolean): string {
  if (!list) return ''
  return isOther ? wholeList(list, rows.view, rows.now) : listPart(list, rows)
}

/** New rows on top of those that are there. */
function listPart(list: EventList, { news, view, now }: Rows): string {
  const rows = news.events.length === 0 ? '' : upsert(list.id, news.events.map((event) => String(list.row(event, now))).join(''))
  return news.isGap ? list.gap(view, rows) : rows
}

/** What is at hand of a log that is another one than the list shows. */
const wholeList = (list: EventList, { recent }: ProjectView, now: number): string =>
  replace(list.id, list.whole(recent.filter(list.isIn).toReversed(), now))

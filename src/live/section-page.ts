import type { StoredEvent } from '../domain/event.ts'
import type { ProjectView } from '../projection/projections.ts'
import type { LivePage } from './feed.ts'
import { frameText, replace, upsert } from './frame.ts'
import { eventsAfter, isAhead, positionOf, readSince } from './position.ts'
import type { Shown } from './project-page.tsx'
import { openResumeFrames } from './resume-frames.ts'

/** A part of a page, by the id of its element. */
export type PageSection = {
  id: string
  /** What of the project the section shows: it is rendered anew when one of these was replaced. */
  reads(shown: Shown): readonly unknown[]
  render(shown: Shown, now: number): unknown
}

/** Some of the project's events, newest first, in the element `id`. */
export type EventList = {
  id: string
  isIn(event: StoredEvent): boolean
  row(event: StoredEvent, now: number): unknown
  /** The list alone, to replace one that does not follow on what is at hand. */
  whole(events: readonly StoredEvent[], now: number): unknown
  /** Sent instead of that by a list that lacks most events, so that what is at hand would not fill it. */
  gap?(view: ProjectView): string
}

type Sections = { sections: readonly PageSection[]; list?: EventList; now(): number }

/** A page of one project that is made of sections; a change that none of them reads costs no rendering and no frame. */
export function openSectionPage(first: Shown, { sections, list, now }: Sections): LivePage {
  let shown = first
  let current = first
  const resumes = openResumeFrames(now)
  const head = (content: string) => ({ content, since: positionOf(current.view), lastEventAt: current.view.state.lastEventAt })
  const rendered = (some: readonly PageSection[]) => some.map(({ id, render }) => replace(id, render(current, now()))).join('')
  const events = (since: string) => (list?.gap ? newIn(list, since, current.view) : eventsAfter(since, current.view))
  const rows = (since: string) => (list ? listPart(list, { since, view: current.view, now: now() }) : '')

  return {
    project: first.project.name,
    isBehind: (since) => isAhead(since, current.view),
    take({ project, summary, view }) {
      current = { project, summary, view }
      resumes.clear()
      return (
        isNewLog(shown, current) ||
        hasNews(list, shown.view, current.view) ||
        sections.some((section) => isReplaced(section, shown, current))
      )
    },
    flush() {
      if (shown === current) return undefined
      const since = positionOf(shown.view)
      const changed = isNewLog(shown, current) ? sections : sections.filter((section) => isReplaced(section, shown, current))
      const content = rendered(changed) + rows(since)
      shown = current
      return content === '' ? undefined : frameText({ ...head(content), now: now(), events: events(since) })
    },
    resume: (since = '') =>
      resumes.frame(since, () => {
        const content = since === positionOf(current.view) ? '' : rendered(sections) + rows(since)
        return { ...head(content), events: events(since) }
      }),
  }
}

/** Whether the list has something to show of what came since: asked at every event, so nothing is rendered for it. */
function hasNews(list: EventList | undefined, { state: { offset } }: ProjectView, { recent }: ProjectView): boolean {
  if (!list) return false
  const isGap = (recent[0]?.offset ?? 1) > offset + 1
  return isGap || recent.some((event) => event.offset > offset && list.isIn(event))
}

const isNewLog = (before: Shown, after: Shown) => before.view.epoch !== after.view.epoch

function isReplaced({ reads }: PageSection, before: Shown, after: Shown): boolean {
  const [was, is] = [reads(before), reads(after)]
  return was.length !== is.length || is.some((part, index) => part !== was[index])
}

/** New rows on top of those that are there; all that is at hand where rows in between may be missing. */
function listPart(list: EventList, { since, view, now }: { since: string; view: ProjectView; now: number }): string {
  const from = readSince(since)
  if (from.epoch === view.epoch && from.offset === view.state.offset) return ''
  const isContinuous = from.epoch === view.epoch && (view.recent[0]?.offset ?? 1) <= from.offset + 1
  const mine = view.recent.filter((event) => list.isIn(event) && (!isContinuous || event.offset > from.offset))
  if (!isContinuous && list.gap) return list.gap(view)
  if (!isContinuous) return replace(list.id, list.whole(mine.toReversed(), now))
  return mine.length === 0 ? '' : upsert(list.id, mine.map((event) => String(list.row(event, now))).join(''))
}

/** How many of the events at hand a narrowed list shows that came after a position: after a gap, at least so many. */
function newIn({ isIn }: EventList, since: string, view: ProjectView): number {
  const after = view.state.offset - eventsAfter(since, view)
  return view.recent.filter((event) => event.offset > after && isIn(event)).length
}

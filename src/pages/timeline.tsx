import type { FC } from 'hono/jsx'
import type { Lane } from '../domain/timeline/lane.ts'
import { hasAged } from '../domain/project/words-at.ts'
import { replace } from '../live/frame.ts'
import { isDue, type LivePage, openLivePage, type PageNews, type Shown } from '../live/live-page.ts'
import { eventsAfter, positionOf, standing } from '../live/position.ts'
import { type CachedLanes, readLanes, takeView } from '../projection/timeline-cache.ts'
import type { ProjectView } from '../projection/projections.ts'
import { visibleText } from '../../views/atoms/foreign-text.tsx'
import { ADDRESSES, atMoment, projectHref } from '../../views/atoms/part-href.ts'
import { type Frame, Layout } from '../../views/shell/layout.tsx'
import { PanelFrame } from '../../views/shell/panel-frame.tsx'
import type { PlacedLane } from '../../views/timeline/lane-order.ts'
import { LaneRow, laneId } from '../../views/timeline/lane-row.tsx'
import { MarksRow } from '../../views/timeline/marks-row.tsx'
import { parseTimelineQuery, type TimelineQuery, timelineSearch, WINDOWS } from '../../views/timeline/query.ts'
import { LaneSteps, MarkSteps } from '../../views/timeline/steps.tsx'
import { Timeline, workflowLane } from '../../views/timeline/timeline.tsx'
import { type TimelineView, timelineView } from '../../views/timeline/view.ts'
import type { LaneKind } from '../../views/timeline/words.ts'
import { readLong } from './past.ts'
import { pageOfProject, type Visit } from './page-of-project.ts'
import { veiledLanes } from './veil.ts'

const READ_ANEW_MS = 10_000

/** What stories and agents went through, side by side. Lanes are read from the log. */
export const timelinePage = pageOfProject({
  address: ADDRESSES.timeline,
  asks: { read: parseTimelineQuery, write: (query: TimelineQuery) => ({ search: timelineSearch(query) }) },
  async open({ project, asked: query, deps: { lanes, now }, news }) {
    const readAnew = () => lanes.lanesOf(project, WINDOWS[query.window].ms)
    const kept = await readAnew()
    return (first) => openTimeline(first, { kept, query, now, readAnew, ...news })
  },
  frame: async (visit) => <TimelineDocument {...visit.layout} view={await viewAt(visit)} />,
})

/** The document of a timeline. */
export const TimelineDocument: FC<Frame & { view: TimelineView }> = ({ view, ...frame }) => {
  const { project, at } = view
  return (
    <Layout {...frame} title={`Timeline of ${project}`} description={`What ${project} went through, live.`} scripts={['timeline.js']}>
      <nav class="crumbs" aria-label="Breadcrumb">
        <a href="/">Projects</a> <span aria-hidden="true">›</span>{' '}
        <a href={atMoment(projectHref(project), at)}>{visibleText(project, 60)}</a> <span aria-hidden="true">›</span>{' '}
        <span aria-current="page">Timeline</span>
      </nav>
      <div class="heading">
        <h1>Timeline</h1>
      </div>
      <Timeline view={view} />
      <PanelFrame />
    </Layout>
  )
}

/** Lanes of a past moment are read for this page alone; current ones are shared. */
async function viewAt({ shown, now, asked: query, request, deps }: Visit<TimelineQuery>): Promise<TimelineView> {
  const { project, view, summary, at } = shown
  const windowMs = WINDOWS[query.window].ms
  const wanted = { from: now - windowMs, windowMs, upTo: view.state.offset }
  const { lanes, keptSince } =
    at === undefined
      ? await deps.lanes.lanesOf(project.name, windowMs)
      : await readLong(deps, request, ({ whole }) => readLanes(whole, project.name, wanted))
  // A window that would end shortly before now ends now.
  const laterAt = at !== undefined && now + windowMs < deps.now() - windowMs / 8 ? now + windowMs : undefined
  const drawn = deps.isFiguresOnly(project.name) ? veiledLanes(lanes) : lanes
  return timelineView({ project: project.name, lanes: drawn, keptSince, query, now, staleMinutes: summary.staleMinutes, at, laterAt })
}

type Source = PageNews & {
  kept: CachedLanes
  query: TimelineQuery
  now(): number
  readAnew(): Promise<CachedLanes>
}

/** Sends changed lanes; the whole picture when it moves, or a lane comes or goes. */
export function openTimeline(first: Shown, { query, ...source }: Source): LivePage {
  const { now } = source
  const followed = followLanes({ ...source, isVeiled: first.rights?.isFiguresOnly === true })
  let current = first.view
  followed.take(current)
  let [shown, shownAt] = [remembered(laidOut()), current]
  const ages = followAges(first, now)

  function laidOut(): TimelineView {
    const { lanes, keptSince } = followed.kept()
    return timelineView({ project: first.project.name, lanes, keptSince, query, now: now(), staleMinutes: first.summary.staleMinutes })
  }

  const content = {
    project: first.project.name,
    ...standing(() => current, first.rights),
    lastEventAt: () => current.state.lastEventAt,
    close: followed.close,
    take(next: Shown) {
      followed.take(next.view)
      current = next.view
      return ages.take(next) || current !== shownAt
    },
    changed() {
      if (current === shownAt && !followed.hasNews() && !ages.isDue()) return undefined
      ages.shown()
      const next = laidOut()
      const html = isSameFrame(shown, next) ? changedLanes(shown, next) : replace('timeline', <Timeline view={next} />)
      const events = eventsAfter(positionOf(shownAt), current)
      ;[shown, shownAt] = [remembered(next), current]
      return { html, events }
    },
    missed(since: string) {
      const isHere = since === positionOf(current) && !ages.hasAged()
      const render = () => (isHere ? '' : replace('timeline', <Timeline view={laidOut()} />))
      return { key: isHere ? 'here' : 'all', events: eventsAfter(since, current), render }
    },
  }
  return openLivePage(content, now)
}

/** Notices that somebody fell silent, which no event tells. */
function followAges(first: Shown, now: () => number) {
  let told = first
  let isAged = false
  return {
    take(next: Shown) {
      isAged ||= isDue(told, now())
      told = next
      return isAged
    },
    isDue: () => isAged,
    hasAged: () => hasAged(told.view.state, { now: now(), staleMinutes: told.summary.staleMinutes }),
    shown() {
      isAged = false
    },
  }
}

/** The lanes that a page shows; other pages may have updated the shared ones already. */
function followLanes({ kept: first, readAnew, stir, failed, now, isVeiled }: Omit<Source, 'query'> & { isVeiled: boolean }) {
  let kept = first
  let current: ProjectView | undefined
  let hasNews = false

  const holes = openHoles({
    ...{ readAnew, failed, now },
    areThere: () => kept.hasHole,
    mend(anew) {
      if (current) takeView(anew, current, now())
      kept = anew
      hasNews = true
      stir()
    },
  })

  return {
    kept: () => (isVeiled ? { ...kept, lanes: veiledLanes(kept.lanes) } : kept),
    take(view: ProjectView) {
      current = view
      takeView(kept, view, now())
      holes.fill()
    },
    hasNews() {
      const had = hasNews
      hasNews = false
      return had
    },
    close: holes.close,
  }
}

type Holes = Omit<Source, 'kept' | 'query' | 'stir'> & { areThere(): boolean; mend(anew: CachedLanes): void }

/** Reads skipped events, now or as soon as allowed: no later event may come that would ask for it. */
function openHoles({ areThere, readAnew, mend, failed, now }: Holes) {
  let readAt = -Infinity
  let again: ReturnType<typeof setTimeout> | undefined
  let [isClosed, hasFailed] = [false, false]
  function fill() {
    if (isClosed || !areThere()) return
    const dueMs = READ_ANEW_MS - (now() - readAt)
    if (dueMs > 0) return void (again ??= setTimeout(fill, dueMs))
    clearTimeout(again)
    again = undefined
    readAt = now()
    readAnew().then(filled).catch(missed)
  }

  function filled(anew: CachedLanes) {
    if (!isClosed) mend(anew)
    hasFailed = false
  }

  function missed(error: unknown) {
    if (!hasFailed) failed(error)
    hasFailed = true
    fill()
  }

  return {
    fill,
    close() {
      isClosed = true
      clearTimeout(again)
    },
  }
}

/** A copy of what was shown, because the lanes go on changing. */
function remembered(view: TimelineView): TimelineView {
  return { ...view, lanes: { ...view.lanes } }
}

/** Whether all unchanged lanes kept their places. */
function isSameFrame(was: TimelineView, is: TimelineView): boolean {
  const frame = ({ axis, shown, more, lanes, keptSince }: TimelineView) =>
    JSON.stringify([
      axis.to,
      axis.stretches,
      more,
      lanes.unread,
      keptSince,
      shown.map(({ lane, name, depth }) => [lane.number, name, depth]),
    ])
  return frame(was) === frame(is)
}

function changedLanes(was: TimelineView, is: TimelineView): string {
  const before = new Map(was.shown.map(({ lane }) => [lane.number, lane]))
  const changed = is.shown.filter(({ lane }) => before.get(lane.number) !== lane)
  const parts = changed.map((placed) => lanePart(is, placed, is.query.by))
  if (was.lanes.workflow !== is.lanes.workflow) parts.push(lanePart(is, workflowLane(is), 'workflow'))
  if (was.lanes.marks !== is.lanes.marks) {
    parts.push(replace('lane-marks', <MarksRow view={is} />), replace('steps-marks', <MarkSteps view={is} />))
  }
  return parts.join('')
}

const lanePart = (view: TimelineView, placed: PlacedLane, kind: LaneKind): string =>
  replace(laneId(placed.lane), <LaneRow view={view} placed={placed} kind={kind} />) +
  replace(stepsId(placed.lane), <LaneSteps view={view} placed={placed} kind={kind} />)

const stepsId = ({ number }: Lane) => `steps-${number}`

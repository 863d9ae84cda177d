import type { Lane } from '../domain/timeline/lane.ts'
import { type CachedLanes, takeView } from '../projection/timeline-cache.ts'
import type { ProjectView } from '../projection/projections.ts'
import { LaneRow, laneId } from '../../views/timeline/lane-row.tsx'
import type { PlacedLane } from '../../views/timeline/lane-order.ts'
import { MarksRow } from '../../views/timeline/marks-row.tsx'
import type { TimelineQuery } from '../../views/timeline/query.ts'
import { LaneSteps, MarkSteps } from '../../views/timeline/steps.tsx'
import { Timeline, workflowLane } from '../../views/timeline/timeline.tsx'
import { type TimelineView, timelineView } from '../../views/timeline/view.ts'
import type { LaneKind } from '../../views/timeline/words.ts'
import type { LivePage } from './live-page.ts'
import { frameText, replace } from './frame.ts'
import { hasAged } from '../domain/project/words-at.ts'
import { eventsAfter, positionOf, standing } from './position.ts'
import { isDue, type Shown } from './project-page.tsx'
import { openResumeFrames } from './resume-frames.ts'

type Source = {
  kept: CachedLanes
  query: TimelineQuery
  now(): number
  /** The lanes anew, where some of what was announced was passed over. */
  readAnew(): Promise<CachedLanes>
  /** Asks for a flush: what was read anew is to be shown. */
  stir?(): void
}

/** A page whose project is reported in large batches reads no more often than this. */
const READ_ANEW_MS = 10_000

/** A project's timeline. The lanes that changed are sent; all of it only when the picture moves on, or somebody comes or goes. */
export function openTimelinePage(first: Shown, { query, ...source }: Source): LivePage {
  const { now } = source
  const followed = followLanes(source)
  let current = first.view
  followed.take(current)
  let [shown, shownAt] = [remembered(laidOut()), current]
  const ages = followAges(first, now)
  const resumes = openResumeFrames(now)

  function laidOut(): TimelineView {
    const { lanes, keptSince } = followed.kept()
    return timelineView({ project: first.project.name, lanes, keptSince, query, now: now(), staleMinutes: first.summary.staleMinutes })
  }

  const head = (content: string) => ({ content, since: positionOf(current), lastEventAt: current.state.lastEventAt })

  return {
    project: first.project.name,
    ...standing(() => current),
    close: followed.close,
    take(next) {
      followed.take(next.view)
      current = next.view
      resumes.clear()
      return ages.take(next) || current !== shownAt
    },
    flush() {
      if (current === shownAt && !followed.hasNews() && !ages.isDue()) return undefined
      ages.shown()
      const next = laidOut()
      resumes.clear()
      const content = isSameFrame(shown, next) ? changedLanes(shown, next) : replace('timeline', <Timeline view={next} />)
      const events = eventsAfter(positionOf(shownAt), current)
      shown = remembered(next)
      shownAt = current
      return content === '' ? undefined : frameText({ ...head(content), now: now(), events })
    },
    resume(since = '') {
      const told = { key: since === positionOf(current) && !ages.hasAged() ? 'here' : 'all', events: eventsAfter(since, current) }
      return resumes.frame(told, () => head(told.key === 'here' ? '' : replace('timeline', <Timeline view={laidOut()} />)))
    },
  }
}

/** Whether somebody fell silent since a page was shown last: no event tells of it. */
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
    /** Since the last event. */
    hasAged: () => hasAged(told.view.state, { now: now(), staleMinutes: told.summary.staleMinutes }),
    shown() {
      isAged = false
    },
  }
}

/** The lanes that a page shows. Other pages over the same lanes may have taken a view in before. */
function followLanes({ kept: first, readAnew, stir, now }: Omit<Source, 'query'>) {
  let kept = first
  let readAt = -Infinity
  let current: ProjectView | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let hasNews = false

  function mend(anew: CachedLanes) {
    if (current) takeView(anew, current, now())
    kept = anew
    hasNews = true
    stir?.()
  }

  /** Now, or as soon as it may be again: the last event of a burst is followed by none that would ask. */
  function fillHoles() {
    if (!kept.hasHole) return
    const dueMs = READ_ANEW_MS - (now() - readAt)
    if (dueMs > 0) return void (again ??= setTimeout(fillHoles, dueMs))
    clearTimeout(again)
    again = undefined
    readAt = now()
    // While the log is away the holes stay, and are tried again.
    readAnew().then(mend, fillHoles)
  }

  return {
    kept: () => kept,
    take(view: ProjectView) {
      current = view
      takeView(kept, view, now())
      fillHoles()
    },
    /** Whether something was read anew since the last look. */
    hasNews() {
      const had = hasNews
      hasNews = false
      return had
    },
    close: () => clearTimeout(again),
  }
}

/** The lists of the lanes go on changing; what was shown of them stays. */
function remembered(view: TimelineView): TimelineView {
  return { ...view, lanes: { ...view.lanes } }
}

/** Whether every lane that did not change stands as it did. */
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

import type { FC } from 'hono/jsx'
import { recentLanes } from '../../src/domain/timeline/recent-lanes.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { relativeTime } from '../atoms/relative-time.ts'
import { DetailLine, Picture } from './timeline.tsx'
import { liveRange, openAxis } from './axis.ts'
import { placedLanes } from './lane-order.ts'
import { type TimelineQuery, WINDOWS } from './query.ts'
import { timelineHref, type TimelineView } from './view.ts'

const LANES_SHOWN = 8
const SHORTEST_MS = 5 * 60_000
const QUERY: TimelineQuery = { by: 'story', window: '1h', showsGaps: false }

type LastHourProps = { project: string; state: ProjectState; now: number; isPast?: boolean | undefined }

/** The last hour of a project on its page, as the state remembers it: the whole timeline is a page of its own. */
export const CompactTimeline: FC<LastHourProps & { hasFills?: boolean }> = ({ hasFills = false, ...props }) => {
  const view = compactView(props)
  return (
    <section id="timeline" class="card timeline timeline--compact" aria-labelledby="timeline-title">
      <header class="card__head">
        <h2 id="timeline-title">Timeline</h2>
        <p>{wordsOf(view)}</p>
        <nav class="timeline__choices" aria-label="Whole timeline">
          <p class="choice">
            <a href={timelineHref(view, {})}>By story</a>
            <a href={timelineHref(view, { by: 'agent' })}>By agent</a>
            <a href={timelineHref(view, { window: '24h' })}>Last 24 h</a>
          </p>
        </nav>
      </header>
      {isEmpty(view) ? (
        <p class="nothing">No step in the last hour. The whole timeline shows those before.</p>
      ) : (
        <>
          <Picture view={view} hasFills={hasFills} />
          <DetailLine />
        </>
      )}
    </section>
  )
}

export const isEmpty = ({ shown, lanes }: TimelineView): boolean => shown.length + lanes.workflow.bars.length + lanes.marks.length === 0

/** What the compact timeline shows. */
export function compactView({ project, state, now, isPast = false }: LastHourProps): TimelineView {
  const { ms, quietMs } = WINDOWS[QUERY.window]
  const lanes = recentLanes(state, liveRange(now, ms).from)
  const windowMs = Math.min(ms, Math.max(SHORTEST_MS, now - lanes.from))
  const range = isPast ? { from: now - windowMs, to: now } : liveRange(now, windowMs)
  const axis = openAxis({ ...range, now, busy: lanes.busy, quietMs })
  const at = isPast ? new Date(now).toISOString() : undefined
  return {
    project,
    lanes,
    keptSince: undefined,
    query: QUERY,
    now,
    at,
    axis,
    // Stories do not become stale.
    staleMinutes: Infinity,
    ...placedLanes(lanes, { by: 'story', axis, most: LANES_SHOWN, looked: { now, staleMinutes: Infinity } }),
  }
}

/** How long it reaches back, and what it leaves out. */
export function wordsOf({ axis, now, more }: TimelineView): string {
  const isWhole = now - axis.from >= WINDOWS[QUERY.window].ms
  const span = isWhole ? 'last hour' : `last ${relativeTime(axis.from, now, 'age')}`
  return more > 0 ? `${span}, ${LANES_SHOWN} stories that moved last, ${more} more` : span
}

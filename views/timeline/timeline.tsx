import type { FC } from 'hono/jsx'
import { Moment } from '../atoms/since.tsx'
import { Legend, Patterns } from './fills.tsx'
import { LaneRow } from './lane-row.tsx'
import type { PlacedLane } from './lane-order.ts'
import { MarksRow } from './marks-row.tsx'
import { AxisRow, Ground } from './picture.tsx'
import { WINDOW_NAMES, WINDOWS } from './query.ts'
import { LaneSteps, MarkSteps } from './steps.tsx'
import { timelineHref, type TimelineView } from './view.ts'

/** The lanes of a view below their axis, with the patterns that they are drawn with: once in a page. */
export const Picture: FC<{ view: TimelineView; hasFills?: boolean }> = ({ view, hasFills = false }) => (
  <>
    <Patterns isThere={hasFills} />
    <div class="timeline__picture" {...growth(view)}>
      <Ground view={view} />
      <AxisRow view={view} />
      <ol class="lanes" aria-label="Lanes">
        <LaneRow view={view} placed={workflowLane(view)} kind="workflow" />
        <MarksRow view={view} />
        {view.shown.map((placed) => (
          <LaneRow view={view} placed={placed} kind={view.query.by} />
        ))}
      </ol>
    </div>
  </>
)

/** What a project went through in a window of time. Pages render it first; the feed sends it again when its frame moved. */
export const Timeline: FC<{ view: TimelineView }> = ({ view }) => (
  <section id="timeline" class="card timeline" aria-labelledby="timeline-title">
    <header class="card__head">
      <h2 id="timeline-title">Lanes</h2>
      <p>
        {spanWords(view)}, by {view.query.by}, in <span data-clock-zone>UTC</span>
      </p>
      <TimelineChoices view={view} />
    </header>
    <Notes view={view} />
    <Picture view={view} />
    <Rest view={view} />
    <Legend by={view.query.by} />
    <DetailLine />
    <details id="timeline-steps" class="folded">
      <summary>As a table</summary>
      <LaneSteps view={view} placed={workflowLane(view)} kind="workflow" />
      <MarkSteps view={view} />
      {view.shown.map((placed) => (
        <LaneSteps view={view} placed={placed} kind={view.query.by} />
      ))}
    </details>
  </section>
)

function spanWords({ query, at }: TimelineView): string {
  const { words } = WINDOWS[query.window]
  return at === undefined ? `last ${words}` : `the ${words} until then`
}

/** What the page's script shows of a bar; frames leave it alone. */
export const DetailLine: FC = () => (
  <p id="timeline-detail" class="timeline__detail needs-script" data-kept="">
    <span data-detail-text>Point at a bar, or tab to one and use the arrow keys.</span>
  </p>
)

export const workflowLane = ({ lanes }: TimelineView): PlacedLane => ({
  lane: lanes.workflow,
  name: 'Workflow',
  detail: undefined,
  depth: 0,
})

/** What the page's script needs to let bars grow: the last stretch of the axis, in percent a millisecond. */
function growth({ axis, at }: TimelineView) {
  const last = axis.stretches.at(-1)
  if (at !== undefined || !last) return {}
  return { 'data-start': last.start, 'data-place': last.x, 'data-speed': last.width / (last.end - last.start) }
}

const TimelineChoices: FC<{ view: TimelineView }> = ({ view }) => {
  const { query, axis } = view
  const hasFolded = axis.stretches.some(({ isQuiet }) => isQuiet)
  return (
    <nav class="timeline__choices" aria-label="What the timeline shows">
      <p class="choice">
        {(['story', 'agent'] as const).map((by) => (
          <a href={timelineHref(view, { by })} aria-current={query.by === by ? 'true' : undefined}>
            By {by}
          </a>
        ))}
      </p>
      <p class="choice">
        {WINDOW_NAMES.map((window) => (
          <a href={timelineHref(view, { window })} aria-current={query.window === window ? 'true' : undefined}>
            {window.replace(/(\d+)/, '$1 ').replace(/m$/, 'min')}
          </a>
        ))}
      </p>
      <Moves view={view} />
      {query.showsGaps || hasFolded ? (
        <p class="choice">
          <a href={timelineHref(view, { showsGaps: !query.showsGaps })}>{query.showsGaps ? 'Fold pauses' : 'Show pauses'}</a>
        </p>
      ) : null}
    </nav>
  )
}

/** To the window before this one, after it, and to now. There is none before the first event, nor before what retention left. */
const Moves: FC<{ view: TimelineView }> = ({ view }) => {
  const { axis, at, laterAt, keptSince, lanes } = view
  const hasEarlier = keptSince === undefined && (lanes.state.firstEventAt ?? Infinity) < axis.from
  if (!hasEarlier && at === undefined) return null
  const hrefAt = (moment: number) => timelineHref({ ...view, at: new Date(moment).toISOString() }, {})
  return (
    <p class="choice">
      {hasEarlier ? <a href={hrefAt(axis.from)}>Earlier</a> : null}
      {laterAt === undefined ? null : <a href={hrefAt(laterAt)}>Later</a>}
      {at === undefined ? null : <a href={timelineHref({ ...view, at: undefined }, {})}>Now</a>}
    </p>
  )
}

const Notes: FC<{ view: TimelineView }> = ({ view: { lanes, keptSince, axis } }) => (
  <div id="timeline-notes">
    {lanes.unread > 0 ? (
      <p class="nothing">
        {lanes.unread.toLocaleString('en')} events were too many to look at one by one: of their time each lane shows where it stood now and
        then, and short steps are missing. A shorter window shows all.
      </p>
    ) : null}
    {keptSince !== undefined && keptSince > axis.from ? (
      <p class="nothing">
        Events before <Moment at={keptSince} /> were removed by retention.
      </p>
    ) : null}
  </div>
)

const Rest: FC<{ view: TimelineView }> = ({ view: { shown, more, query } }) => {
  const things = query.by === 'story' ? 'stories' : 'agents'
  if (shown.length === 0)
    return (
      <p id="timeline-more" class="nothing">{`No ${things} in this window. Choose a longer one, or wait: they appear as they begin.`}</p>
    )
  return (
    <p id="timeline-more" class="nothing" hidden={more === 0}>
      {more > 0 ? `${more} more ${things}; shown are those that moved last` : ''}
    </p>
  )
}

import type { FC } from 'hono/jsx'
import { Shape } from '../atoms/shape.tsx'
import { atMoment, eventHref } from '../atoms/part-href.ts'
import { type DrawnMark, drawnMarks } from './drawn-bars.ts'
import { hasDay } from './stays.ts'
import type { TimelineView } from './view.ts'
import { markLook, markTitle } from './words.ts'
import { bounded } from '../../src/domain/bounded.ts'
import { markWorth } from '../../src/domain/timeline/lane-marks.ts'

const SHAPE = 14
const TITLED = 6

/** Questions and answers, errors, CI and commands, where they happened. */
export const MarksRow: FC<{ view: TimelineView }> = ({ view }) => (
  <li id="lane-marks" class="lane lane--marks">
    <div class="lane__name">Questions, errors, CI</div>
    <svg class="lane__plot" width="100%" height="24" focusable="false">
      {drawnMarks(view.lanes.marks, view.axis).map((drawn) => (
        <MarkLink view={view} drawn={drawn} />
      ))}
    </svg>
    <div class="lane__now" />
  </li>
)

const MarkLink: FC<{ view: TimelineView; drawn: DrawnMark }> = ({ view, drawn: { marks, x } }) => {
  const gravest = marks.toSorted((one, other) => markLook(other).weight - markLook(one).weight)[0]
  if (!gravest) return null
  const { shape, tone } = markLook(gravest)
  const { kept, left } = bounded(marks, { limit: TITLED, most: TITLED, worthOf: markWorth })
  const titles = kept.map((mark) => markTitle(mark, hasDay(view)))
  const more = left.length > 0 ? [`${left.length} more`] : []
  return (
    <a
      id={`mark-${gravest.offset}`}
      class={`stay moment tone-${tone}`}
      href={atMoment(eventHref(view.project, gravest.offset), view.at)}
      tabindex={-1}
      data-from={gravest.at}
      data-to={gravest.at}
    >
      <title>{[...titles, ...more].join('; ')}</title>
      <svg x={`${x}%`} y="5" width="1" height="14" overflow="visible">
        <rect class="moment__hit" x={-SHAPE / 2} y="-5" width={SHAPE} height="24" />
        <svg x={-SHAPE / 2} width={SHAPE} height={SHAPE} overflow="visible">
          <Shape name={shape} size={SHAPE} />
        </svg>
      </svg>
      {marks.length > 1 ? (
        <text class="moment__count" x={`${x}%`} y="12" dx="8">
          {marks.length}
        </text>
      ) : null}
    </a>
  )
}

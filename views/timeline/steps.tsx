import type { FC } from 'hono/jsx'
import { Clock } from '../atoms/since.tsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { relativeTime } from '../atoms/relative-time.ts'
import type { PlacedLane } from './lane-order.ts'
import { drawnMarks } from './drawn-bars.ts'
import type { TimelineView } from './view.ts'
import { type LaneKind, markLook, stateWord } from './words.ts'
import { bounded, equally } from '../../src/domain/bounded.ts'
import { markWorth } from '../../src/domain/timeline/lane-marks.ts'

const STEPS_SHOWN = 12
const STEPS_LEAST = 4
const STEPS_OF_ALL = 300
const MARKS_SHOWN = 40

export const LaneSteps: FC<{ view: TimelineView; placed: PlacedLane; kind: LaneKind }> = ({ view, placed, kind }) => {
  const { lane, name, detail } = placed
  const all = [...lane.bars, ...lane.asks]
    .filter(({ start, end = view.now }) => end >= view.axis.from && start <= view.now)
    .toSorted((one, other) => one.start - other.start)
  const most = Math.max(STEPS_LEAST, Math.min(STEPS_SHOWN, Math.floor(STEPS_OF_ALL / Math.max(1, view.shown.length))))
  const { kept, left } = bounded(all, { limit: most, worthOf: equally })
  return (
    <table id={`steps-${lane.number}`} class="stays">
      <caption>
        <bdi>{visibleText(detail === undefined ? name : `${detail} ${name}`, 80)}</bdi>
        {left.length > 0 ? `, the last ${most} of ${all.length} steps` : ''}
      </caption>
      <StepsHead kind={kind} />
      <tbody>
        {kept.map((bar) => (
          <tr>
            <td>{stateWord(kind, bar)}</td>
            <td>
              <Clock at={bar.start} now={view.now} />
            </td>
            <td>{bar.end === undefined ? 'goes on' : <Clock at={bar.end} now={view.now} />}</td>
            <td>{bar.end === undefined ? '' : relativeTime(bar.start, bar.end, 'waiting')}</td>
            <td>{bar.by === undefined ? '' : visibleText(bar.by, 40)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const StepsHead: FC<{ kind: LaneKind }> = ({ kind }) => (
  <thead>
    <tr>
      <th scope="col">State</th>
      <th scope="col">From</th>
      <th scope="col">To</th>
      <th scope="col">For</th>
      <th scope="col">{kind === 'agent' ? 'On' : 'By'}</th>
    </tr>
  </thead>
)

export const MarkSteps: FC<{ view: TimelineView }> = ({ view }) => {
  const { kept, left, total } = bounded(
    drawnMarks(view.lanes.marks, view.axis).flatMap(({ marks }) => marks),
    { limit: MARKS_SHOWN, most: MARKS_SHOWN, worthOf: markWorth },
  )
  return (
    <table id="steps-marks" class="stays">
      <caption>Questions, errors, CI{left.length > 0 ? `, ${kept.length} of ${total}` : ''}</caption>
      <thead>
        <tr>
          <th scope="col">At</th>
          <th scope="col">What</th>
          <th scope="col">Story</th>
        </tr>
      </thead>
      <tbody>
        {kept.map((mark) => (
          <tr>
            <td>
              <Clock at={mark.at} now={view.now} />
            </td>
            <td>
              {markLook(mark).word} <bdi>{visibleText(mark.text, 120)}</bdi>
            </td>
            <td>{mark.storyId === undefined ? '' : visibleText(mark.storyId, 48)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

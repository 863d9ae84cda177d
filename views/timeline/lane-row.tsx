import type { FC } from 'hono/jsx'
import type { Lane } from '../../src/domain/timeline/lane.ts'
import { Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { Since } from '../atoms/since.tsx'
import { asOf } from '../atoms/part-href.ts'
import type { PlacedLane } from './lane-order.ts'
import { hrefOf, SIZES, staysOf } from './stays.ts'
import type { TimelineView } from './view.ts'
import { type LaneKind, stateWord, toneOf } from './words.ts'

type LaneRowProps = { view: TimelineView; placed: PlacedLane; kind: LaneKind }

/** What one story, agent or the workflow went through. Pages render it first; the feed sends it again when it changed. */
export const LaneRow: FC<LaneRowProps> = ({ view, placed, kind }) => {
  const { lane, depth } = placed
  return (
    <li id={laneId(lane)} class={`lane lane--${kind} lane--depth-${depth}`}>
      <div class="lane__name">
        <LaneName view={view} placed={placed} kind={kind} />
      </div>
      <svg class="lane__plot" width="100%" height={SIZES[kind].row} focusable="false">
        {staysOf(view, placed, kind)}
      </svg>
      <div class="lane__now">
        <NowWords view={view} lane={lane} kind={kind} />
      </div>
    </li>
  )
}

export const laneId = ({ number }: Lane): string => `lane-${number}`

const LaneName: FC<LaneRowProps> = ({ view, placed: { lane, name, detail }, kind }) => {
  if (kind === 'workflow') return <>{name}</>
  return (
    <>
      <a href={laneHref(view, lane, kind)}>
        <bdi>{visibleText(name, 60)}</bdi>
      </a>
      {detail === undefined ? null : <Identifier id={detail} />}
    </>
  )
}

function laneHref(view: TimelineView, lane: Lane, kind: LaneKind): string {
  const href = hrefOf(view, lane, kind)
  return view.at === undefined ? href : asOf(href, view.now)
}

/** What goes on now, and since when: beside the plot, so that growth never moves it. */
const NowWords: FC<{ view: TimelineView; lane: Lane; kind: LaneKind }> = ({ view: { now }, lane, kind }) => {
  const open = lane.asks.find(({ end }) => end === undefined) ?? lane.bars.at(-1)
  if (!open || open.end !== undefined) return <>{''}</>
  const isAsking = open.state === 'asks'
  return (
    <span class={`tone-${toneOf(kind, open.state)}`}>
      {isAsking ? 'waits' : stateWord(kind, open)}{' '}
      <Since at={open.start} now={now} form={isAsking || open.state === 'needs_input' ? 'waiting' : 'age'} />
    </span>
  )
}

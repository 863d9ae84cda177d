import type { FC } from 'hono/jsx'
import type { Lane } from '../../src/domain/lane.ts'
import { Identifier, visibleText } from '../fragments/foreign-text.tsx'
import { Since } from '../fragments/since.tsx'
import { agentHref, asOf, projectHref, storyHref } from '../part-href.ts'
import { type DrawnBar, drawnBars } from './drawn-bars.ts'
import type { PlacedLane } from './lane-order.ts'
import { WINDOWS } from './query.ts'
import type { TimelineView } from './view.ts'
import { barTitle, fillOf, type LaneKind, stateWord, toneOf } from './words.ts'

type RowProps = { view: TimelineView; placed: PlacedLane; kind: LaneKind }

const SIZES = { workflow: { row: 30, bar: 20 }, story: { row: 30, bar: 20 }, agent: { row: 24, bar: 12 } } as const

/** What one story, agent or the workflow went through. Pages render it first; the feed sends it again when it changed. */
export const LaneRow: FC<RowProps> = ({ view, placed, kind }) => {
  const { lane, depth } = placed
  const { row } = SIZES[kind]
  const bars = drawnBars(lane.bars, view.axis)
  return (
    <li id={laneId(lane)} class={`lane lane--${kind} lane--depth-${depth}`}>
      <div class="lane__name">
        <LaneName view={view} placed={placed} kind={kind} />
      </div>
      <svg class="lane__plot" width="100%" height={row} focusable="false">
        {bars.map((drawn) => (
          <BarLink view={view} placed={placed} kind={kind} drawn={drawn} isEntry={kind === 'workflow' && drawn === bars.at(-1)} />
        ))}
        {drawnBars(lane.asks, view.axis).map((drawn) => (
          <BarLink view={view} placed={placed} kind={kind} drawn={drawn} />
        ))}
      </svg>
      <div class="lane__now">
        <NowWords view={view} lane={lane} kind={kind} />
      </div>
    </li>
  )
}

/** The id of a lane's row. */
export const laneId = ({ number }: Lane): string => `lane-${number}`

const LaneName: FC<RowProps> = ({ view, placed: { lane, name, detail }, kind }) => {
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

function laneHref({ project, now, at }: TimelineView, { key }: Lane, kind: LaneKind): string {
  const href = kind === 'workflow' ? projectHref(project) : kind === 'story' ? storyHref(project, key) : agentHref(project, key)
  return at === undefined ? href : asOf(href, now)
}

type BarProps = RowProps & { drawn: DrawnBar; isEntry?: boolean }

/** A bar leads to its story or agent as it was when the bar began. It goes on by the page's clock while nothing else is told. */
const BarLink: FC<BarProps> = ({ view, placed, kind, drawn, isEntry = false }) => {
  const { bar, x, width, isRunning } = drawn
  const { row, bar: height } = SIZES[kind]
  const word = stateWord(kind, bar)
  const isThin = kind === 'agent' && bar.state === 'idle'
  const [place, thick] = isThin ? [row / 2 - 2, 4] : [(row - height) / 2, height]
  const grows = isRunning && view.at === undefined
  const classes = ['stay', grows ? 'stay--running' : '', bar.state === 'asks' ? 'stay--asks' : '']
  const title = barTitle(visibleText(placed.detail ?? placed.name, 60), word, { bar, hasDay: hasDay(view) })
  return (
    <a
      id={`bar-${placed.lane.number}-${bar.number}`}
      class={classes.filter(Boolean).join(' ')}
      href={barHref(view, placed.lane, { kind, start: bar.start })}
      tabindex={isEntry ? 0 : -1}
      data-from={bar.start}
      data-to={bar.end}
    >
      <title>{title}</title>
      <svg x={`${x}%`} y={place} width={`${width}%`} height={thick} data-grows={grows ? x : undefined}>
        <rect class="stay__fill" width="100%" height="100%" rx="3" fill={`url(#fill-${fillOf(kind, bar.state)})`} />
        {kind === 'agent' ? null : <BarWord word={word} state={bar.state} width={width} />}
      </svg>
    </a>
  )
}

/** Percent that a character takes, on a desk and on a phone. */
const CHARACTER = { desk: 0.72, phone: 2 }
const INSET = 1.2

/** The word in a bar, where it fits. */
const BarWord: FC<{ word: string; state: string; width: number }> = ({ word, state, width }) => {
  if (width < word.length * CHARACTER.desk + INSET) return null
  const isWide = width >= word.length * CHARACTER.phone + INSET
  const classes = ['stay__word', state === 'commit' ? 'stay__word--on-ink' : '', isWide ? 'stay__word--wide' : '']
  return (
    <text class={classes.filter(Boolean).join(' ')} x="6" y="14">
      {word}
    </text>
  )
}

const barHref = ({ project }: TimelineView, { key }: Lane, { kind, start }: { kind: LaneKind; start: number }): string => {
  const href = kind === 'workflow' ? projectHref(project) : kind === 'story' ? storyHref(project, key) : agentHref(project, key)
  return asOf(href, start)
}

/** Whether instants need their day to be understood. */
export const hasDay = ({ query }: TimelineView): boolean => WINDOWS[query.window].ms > 12 * 3_600_000

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

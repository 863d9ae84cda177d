import type { FC } from 'hono/jsx'
import { relativeTime } from '../atoms/relative-time.ts'
import { placeOf, type Stretch, ticksOf } from './axis.ts'
import { round } from './drawn-bars.ts'
import { timelineHref, type TimelineView } from './view.ts'

const LABEL_APART = 10
const TALL = 38
const LOW = 22

export const AxisRow: FC<{ view: TimelineView }> = ({ view }) => {
  const quiet = view.axis.stretches.filter(({ isQuiet }) => isQuiet)
  const now = round(placeOf(view.axis, view.axis.now))
  return (
    <svg id="timeline-axis" class="timeline__axis" width="100%" height={quiet.length > 0 ? TALL : LOW} focusable="false">
      {ticksOf(view.axis)
        .filter(({ x }) => Math.abs(x - now) > 8)
        .map(({ at, x, isDay }, index) => (
          <text
            class={index % 2 === 1 ? 'tick tick--odd' : 'tick'}
            x={`${round(x)}%`}
            y="14"
            data-tick={at}
            data-day={isDay ? '' : undefined}
          >
            {tickText(at, isDay)}
          </text>
        ))}
      <text id="timeline-now-word" class="tick tick--now" x={`${now}%`} y="14">
        {view.at === undefined ? 'now' : 'then'}
      </text>
      {labelledPauses(quiet).map((stretch) => (
        <QuietLabel view={view} stretch={stretch} />
      ))}
    </svg>
  )
}

/** In UTC, until the page's script puts it into the reader's zone. */
function tickText(at: number, isDay: boolean): string {
  const iso = new Date(at).toISOString()
  const [day, time] = [`${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`, iso.slice(11, 16)]
  if (!isDay) return time
  return time === '00:00' ? day : `${day} ${time}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** Where two would run into each other, the longer pause is labelled; both say it on hover. */
function labelledPauses(quiet: readonly Stretch[]): (Stretch & { hasLabel: boolean })[] {
  const taken: number[] = []
  const labels = new Set<Stretch>()
  for (const stretch of quiet.toSorted((one, other) => other.end - other.start - (one.end - one.start))) {
    if (taken.some((x) => Math.abs(x - stretch.x) < LABEL_APART)) continue
    taken.push(stretch.x)
    labels.add(stretch)
  }
  return quiet.map((stretch) => ({ ...stretch, hasLabel: labels.has(stretch) }))
}

const QuietLabel: FC<{ view: TimelineView; stretch: Stretch & { hasLabel: boolean } }> = ({ view, stretch }) => {
  const { quietMs, x, width, hasLabel } = stretch
  const words = `${relativeTime(0, quietMs, 'age')} quiet`
  const [place, anchor] = x < 6 ? [x, 'start'] : x > 92 ? [x + width, 'end'] : [x + width / 2, 'middle']
  return (
    <a href={timelineHref(view, { showsGaps: true })} class="quiet" tabindex={-1}>
      <title>{words}: nothing was reported. Show it in full length.</title>
      <rect class="moment__hit" x={`${round(x)}%`} y="20" width={`${round(width)}%`} height="18" />
      {hasLabel ? (
        <text class="quiet__word" x={`${round(place)}%`} y="32" text-anchor={anchor}>
          {words}
        </text>
      ) : null}
    </a>
  )
}

export const Ground: FC<{ view: TimelineView }> = ({ view: { axis } }) => {
  const now = `${round(placeOf(axis, axis.now))}%`
  return (
    <svg id="timeline-ground" class="timeline__ground" width="100%" height="100%" aria-hidden="true" focusable="false">
      {ticksOf(axis).map(({ x }) => (
        <line class="ground__tick" x1={`${round(x)}%`} x2={`${round(x)}%`} y1="0" y2="100%" />
      ))}
      {axis.stretches
        .filter(({ isQuiet }) => isQuiet)
        .map(({ x, width }) => (
          <rect class="ground__quiet" x={`${round(x)}%`} width={`${round(width)}%`} y="0" height="100%" />
        ))}
      <line id="timeline-now" class="ground__now" x1={now} x2={now} y1="0" y2="100%" />
    </svg>
  )
}

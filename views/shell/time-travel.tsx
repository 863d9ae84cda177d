import type { FC } from 'hono/jsx'
import type { Move } from '../../src/domain/project/workflow-moves.ts'
import { workflowLook } from '../atoms/state-look.ts'
import { momentHref } from '../atoms/part-href.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Clock } from '../atoms/since.tsx'
import { TravelClock } from './travel-clock.tsx'

/** Where a page that looks back stands in its project's log. Offsets count events, instants are ms since 1970. */
export type Travel = {
  href: string
  at: string
  now: number
  offset: number
  first: number
  head: number
  next: { offset: number; at: number } | undefined
  /** The workflow's state then, and its changes: the one before, whether one comes, and all that are known, for the slider. */
  state: string
  previousMove: number | undefined
  hasNextMove: boolean
  moves: readonly Move[]
  isCompared: boolean
}

export const SPEEDS = [1, 2, 5, 10, 30, 60] as const
const LISTED_EACH_SIDE = 12

/** The way through time: steps are plain links, slider and clock are forms; the page's script makes them faster, and plays. */
export const TimeTravel: FC<{ travel: Travel }> = ({ travel }) => {
  const { now, offset, first, head, next, href } = travel
  const marks = travelMarks(travel.moves, { lowest: first - 1, head })
  return (
    <section
      id="time-travel"
      class="card travel"
      aria-labelledby="travel-title"
      data-now={now}
      data-next-at={next?.at ?? ''}
      data-href={href}
      data-compare={travel.isCompared ? 'now' : ''}
    >
      <header class="travel__head">
        <h2 id="travel-title">
          Looking back at <Clock at={now} isDated /> <span data-clock-zone>UTC</span>
        </h2>
        <p id="travel-place">{placeText(offset, head)}</p>
        <p id="travel-word" class="travel__word" hx-morph-skip />
        <a id="travel-live" class="button button--ink" href={href}>
          Back to live
        </a>
      </header>
      <Slider travel={travel} marks={marks} />
      <div class="travel__tools">
        <Steps travel={travel} />
        <TravelPlay isOver={next === undefined} />
        <a id="travel-compare" class="button" href={hrefAt({ ...travel, isCompared: !travel.isCompared }, travel.at)}>
          {travel.isCompared ? 'Do not compare' : 'Compare with now'}
        </a>
      </div>
      <Elsewhere travel={travel} marks={marks} />
    </section>
  )
}

const placeText = (offset: number, head: number) => `after event ${offset.toLocaleString('en')} of ${head.toLocaleString('en')}`

const hrefAt = ({ href, isCompared }: Pick<Travel, 'href' | 'isCompared'>, at: string | number, step = '') =>
  `${momentHref(href, at, isCompared)}${step}`

const Slider: FC<{ travel: Travel; marks: readonly TravelMark[] }> = ({ travel, marks }) => {
  const { href, offset, first, head, now, state, isCompared } = travel
  const word = `${placeText(offset, head)}, ${new Date(now).toISOString().slice(11, 19)} UTC, ${visibleText(workflowLook(state).word, 40)}`
  return (
    <form class="travel__slider" action={href} method="get">
      <div class="travel__rail">
        <input
          id="travel-at"
          type="range"
          name="at"
          min={first - 1}
          max={head}
          value={offset}
          aria-label="Event to look back at"
          aria-valuetext={word}
        />
        <svg class="travel__marks" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
          {marks.map(({ place, to, count }) => (
            <path class={`travel__mark tone-${workflowLook(to).tone}${count > 1 ? ' travel__mark--many' : ''}`} d={`M${place} 0v8`} />
          ))}
        </svg>
      </div>
      {isCompared ? <input type="hidden" name="compare" value="now" /> : null}
      <button class="button plain-only" type="submit">
        Go
      </button>
    </form>
  )
}

const Steps: FC<{ travel: Travel }> = ({ travel }) => {
  const { offset, first, next, previousMove, hasNextMove } = travel
  const before = offset >= first ? hrefAt(travel, offset - 1) : undefined
  return (
    <nav class="travel__steps" aria-label="Steps in time">
      <TravelStep
        id="travel-previous-move"
        href={previousMove === undefined ? undefined : hrefAt(travel, previousMove)}
        words="Previous change of state"
        path="M12 3.5 7.5 8l4.5 4.5M4 3.5v9"
      />
      <TravelStep id="travel-previous" href={before} words="Previous event" path="M10 3.5 5.5 8l4.5 4.5" />
      <TravelStep id="travel-next" href={next ? hrefAt(travel, next.offset) : undefined} words="Next event" path="m6 3.5 4.5 4.5L6 12.5" />
      <TravelStep
        id="travel-next-move"
        href={hasNextMove ? hrefAt(travel, offset, '&step=next') : undefined}
        words="Next change of state"
        path="m4 3.5 4.5 4.5L4 12.5M12 3.5v9"
      />
    </nav>
  )
}

/** Where there is no way on, the button stays in its place and says so: nothing moves under the pointer. */
const TravelStep: FC<{ id: string; href: string | undefined; words: string; path: string }> = ({ id, href, words, path }) => (
  <a
    id={id}
    class="button travel__step"
    {...(href === undefined ? { role: 'link', 'aria-disabled': 'true' } : { href })}
    title={words}
    aria-label={words}
  >
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path class="line" d={path} />
    </svg>
  </a>
)

const TravelPlay: FC<{ isOver: boolean }> = ({ isOver }) => (
  <div class="travel__play needs-script" role="group" aria-label="Play" hx-morph-skip>
    <button id="travel-play" class="button" type="button" aria-pressed="false" disabled={isOver}>
      TravelPlay
    </button>
    <select id="travel-speed" aria-label="Speed">
      {SPEEDS.map((speed) => (
        <option value={String(speed)} selected={speed === 10}>
          {speed}×
        </option>
      ))}
    </select>
  </div>
)

/** A time to go to, and the marks as words, for whoever cannot hit them: those around the moment. */
const Elsewhere: FC<{ travel: Travel; marks: readonly TravelMark[] }> = ({ travel, marks }) => {
  const current = marks.findLast(({ offset }) => offset <= travel.offset)
  return (
    <details id="travel-elsewhere" class="travel__elsewhere">
      <summary>Go to a time{marks.length === 0 ? '' : ' or a change of state'}</summary>
      <TravelClock href={travel.href} now={travel.now} isCompared={travel.isCompared} />
      <ol>
        {marksAround(marks, travel.offset, LISTED_EACH_SIDE).map(({ offset, at, to, count }) => (
          <li>
            <a href={hrefAt(travel, offset)} {...(current?.offset === offset ? { 'aria-current': 'true' } : {})}>
              <span>
                <Clock at={at} isDated />
              </span>{' '}
              <strong>
                <bdi>{visibleText(workflowLook(to).word, 40)}</bdi>
              </strong>
              {count > 1 ? <span>, and {count - 1} just before</span> : null}
            </a>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** Where a change of state stands on the slider, `at` from 0 to 1,000; of several that are one on the screen, the last. */
type TravelMark = Move & { place: number; count: number }

/** Closer than this, on a slider as wide as a page, two marks are one. */
const APART = 6
const WIDTH = 1000

type Range = { lowest: number; head: number }

/** Marks for changes between what is left of the log and its head, merged where they are dense: at most 167. */
function travelMarks(moves: readonly Move[], { lowest, head }: Range): TravelMark[] {
  const marks: TravelMark[] = []
  for (const move of moves) {
    if (move.offset <= lowest || move.offset > head) continue
    const place = Math.round(((move.offset - lowest) / Math.max(1, head - lowest)) * WIDTH * 10) / 10
    const last = marks.at(-1)
    if (last && place - last.place < APART) Object.assign(last, move, { count: last.count + 1 })
    else marks.push({ ...move, place, count: 1 })
  }
  return marks
}

/** Those around an event, in order: as many before it (itself included) as after it. */
function marksAround(marks: readonly TravelMark[], offset: number, each: number): TravelMark[] {
  const after = marks.findIndex((mark) => mark.offset > offset)
  const split = after === -1 ? marks.length : after
  return marks.slice(Math.max(0, split - each), split + each)
}

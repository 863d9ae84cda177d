import type { FC } from 'hono/jsx'
import type { OverviewFigures } from './overview-figures.ts'
import { overviewHref } from './overview-query.ts'
import { type AttentionCounts, needsYou } from './attention-counts.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { eventsInLastHour, Histogram } from '../atoms/sparkline.tsx'

type HeadingProps = {
  counts: AttentionCounts
  figures: OverviewFigures
  now: number
  isPast?: boolean
}

/** The heading is the answer; the line below gives the oldest wait and the exceptions; the bars say whether all is moving. */
export const OverviewHeading: FC<HeadingProps> = ({ counts, figures, now, isPast = false }) => {
  const events = eventsInLastHour(figures.minutes, now)
  return (
    <div id="heading" class="heading">
      <div>
        <h1>{answer(counts, figures.projects)}</h1>
        <p class="heading__line">
          <OldestWait since={figures.oldestWait} now={now} />
          <Exceptions counts={counts} silentSince={figures.oldestSilence} now={now} />
        </p>
      </div>
      <figure class="histogram">
        <Histogram minutes={figures.minutes} now={now} />
        <figcaption>
          <span>
            <Clock at={now - 3_600_000} now={now} />
          </span>
          <span>
            {events.toLocaleString('en')} {events === 1 ? 'event' : 'events'} in the last hour
          </span>
          <span>{isPast ? 'then' : 'now'}</span>
        </figcaption>
      </figure>
      <Dock counts={counts} figures={figures} now={now} isPast={isPast} />
    </div>
  )
}

function answer(counts: AttentionCounts, projects: number): string {
  const waiting = needsYou(counts)
  if (waiting > 0) return `${waiting} ${waiting === 1 ? 'project needs' : 'projects need'} you`
  if (counts.stale > 0) return counts.stale === 1 ? 'One project is silent' : `${counts.stale} projects are silent`
  if (counts.working + counts.waiting > 0) return 'Nothing needs you'
  return projects === 0 ? 'No project to show' : 'Nothing needs you, nothing is moving'
}

const OldestWait: FC<{ since: number | undefined; now: number }> = ({ since, now }) =>
  since === undefined ? null : (
    <>
      The oldest has waited <Since at={since} now={now} form="waiting" />.{' '}
    </>
  )

const Exceptions: FC<{ counts: AttentionCounts; silentSince: number | undefined; now: number }> = ({ counts, silentSince, now }) => {
  const parts = [
    counts.blocked > 0 ? `${counts.blocked} blocked` : undefined,
    counts.failed > 0 ? `${counts.failed} failed` : undefined,
    counts.in_review > 0 ? `${counts.in_review} in review` : undefined,
    counts.stale > 0 ? (
      <>
        {counts.stale} silent{silentSince === undefined ? '' : ' for '}
        {silentSince === undefined ? null : <Since at={silentSince} now={now} form="age" />}
      </>
    ) : undefined,
    `${counts.working} working`,
    counts.paused > 0 ? `${counts.paused} paused` : undefined,
  ].filter((part) => part !== undefined)
  return (
    <>
      {parts.map((part, index) => (
        <>
          {index > 0 ? ', ' : ''}
          {part}
        </>
      ))}
      .
    </>
  )
}

/** On a phone the open questions stay in reach of the thumb. */
const Dock: FC<HeadingProps> = ({ counts, figures, now, isPast }) => {
  const waiting = needsYou(counts)
  if (waiting === 0) return null
  return (
    <div class="dock tone-needs">
      <Shape name="diamond" />
      <p>
        <strong>
          {waiting} {waiting === 1 ? 'needs' : 'need'} you
        </strong>
        {figures.oldestWait === undefined ? null : (
          <span>
            oldest waits <Since at={figures.oldestWait} now={now} form="waiting" />
          </span>
        )}
      </p>
      <a
        class="button button--ink"
        href={counts.needs_you > 0 && !isPast ? overviewHref({ page: 1, attention: 'needs_you' }) : '#projects'}
      >
        Review
      </a>
    </div>
  )
}

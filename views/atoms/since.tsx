import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { clockTime, relativeTime, type TimeForm } from './relative-time.ts'
import { isoTime } from '../../src/domain/events/stated-time.ts'

/** An instant (ms since 1970) as a distance from now, with the exact one in reach; the page keeps it ticking. */
export function Since({ at, now, form = 'ago' }: { at: number; now: number; form?: TimeForm }) {
  const exact = isoTime(at)
  // Written as text, for every row of every flush has three; it holds numbers and words of our own and nothing else.
  return raw(
    `<time datetime="${exact}" title="${exactTime(exact)}" data-since="${at}" data-form="${form}">${relativeTime(at, now, form)}</time>`,
  )
}

type ClockProps = { at: number } & ({ /** What counts as today. */ now: number } | { isDated: true })

/** The time of day, with its day unless that is today or always, in UTC until the page's script puts it into the reader's zone. */
export const Clock: FC<ClockProps> = ({ at, ...form }) => {
  const exact = isoTime(at)
  const isDated = 'isDated' in form
  return (
    <time class="clock" datetime={exact} title={exactTime(exact)} data-clock={at} {...(isDated ? { 'data-dated': '' } : {})}>
      {clockTime(at, 'now' in form ? form : { now: at, isDated })}
    </time>
  )
}

/** A day and its time, in UTC throughout: beside a clock in the reader's zone the day could be another one's. */
export const Moment: FC<{ at: number }> = ({ at }) => {
  const exact = isoTime(at)
  return <time datetime={exact}>{exact.slice(0, 16).replace('T', ' ')} UTC</time>
}

function exactTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

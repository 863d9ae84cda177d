import { createHash } from 'node:crypto'
import { relativeTime, type TimeForm } from '../../views/relative-time.ts'

/** Told each piece once, in the order of its number. */
export type PieceSink = (text: string) => void

export type Pieces = {
  /** The number of a piece of a page: the same text has the same number. */
  numberOf(text: string): number
  count(): number
}

/** A time that is told as a distance or as a clock: what it reads depends on the moment, and the rest on its instant. */
const TIME = /<time(?: class="(\w+)")? datetime="[^"]*" title="[^"]*" data-(since|clock)="(-?\d+)"(?: data-form="(\w+)")?>[^<]*<\/time>/g
/** An address of the service: in a file it leads nowhere. */
const HREF = / href="\/[^"]*"/g

/**
 * Keeps every distinct piece once. In memory a digest stands for its text: a history may have hundreds of thousands of
 * pieces, and texts of strangers must not pass for each other.
 */
export function openPieces(write: PieceSink): Pieces {
  const numbers = new Map<string, number>()
  return {
    numberOf(text) {
      const stored = lasting(text)
      const key = stored.length < 24 ? stored : createHash('sha256').update(stored).digest('base64').slice(0, 24)
      const known = numbers.get(key)
      if (known !== undefined) return known
      const number = numbers.size
      numbers.set(key, number)
      write(stored)
      return number
    },
    count: () => numbers.size,
  }
}

/** A piece without what the moment or the service alone gives it; the replay's script fills the times in. */
export function lasting(html: string): string {
  return html.replace(HREF, '').replace(TIME, (_time, ...found: (string | undefined)[]) => {
    const [name, kind, at, form] = found
    const named = name === undefined ? '' : ` class="${name}"`
    return `<time${named} data-${kind}="${at}"${form === undefined ? '' : ` data-form="${form}"`}></time>`
  })
}

/** Markup for a file, with its distances in time as of an instant (ms since 1970): for readers without script. */
export function lastingAt(html: string, now: number): string {
  return html.replace(HREF, '').replace(TIME, (time: string, ...found: (string | undefined)[]) => {
    const [, kind, at, form] = found
    if (kind !== 'since') return time
    return `${time.slice(0, time.indexOf('>') + 1)}${relativeTime(Number(at), now, isTimeForm(form) ? form : 'ago')}</time>`
  })
}

const isTimeForm = (text: string | undefined): text is TimeForm => text === 'ago' || text === 'waiting' || text === 'age'

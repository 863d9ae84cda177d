import { createHash } from 'node:crypto'
import { relativeTime, type TimeForm } from '../../views/atoms/relative-time.ts'

/**
 * What the file holds, in the order of its numbers: a shape is markup with a hole for each text, instant and identity in it, a piece
 * is a shape's number and what fills its holes.
 */
export type PieceLine = string | [shape: number, ...holes: string[]]

export type Pieces = {
  /** The number of a piece of a page: the same text has the same number. */
  numberOf(text: string): number
}

/** A time that is told as a distance or as a clock: what it reads depends on the moment, and the rest on its instant. */
const TIME = /<time(?: class="(\w+)")? datetime="[^"]*" title="[^"]*" data-(since|clock)="(-?\d+)"(?: data-form="(\w+)")?>[^<]*<\/time>/g
/** An address of the service, and what htmx would do with one: in a file they lead nowhere. */
const HREF = / (?:href|action|hx-[\w:-]+)="\/[^"]*"/g

/** What differs between two rows or cards that are alike otherwise. */
const HOLE = /(>|\bdata-(?:since|clock|offset)="|\bid="(?:event|agent|cycle|approval)-)([^<"]+)/g
/** Stands for a hole in a shape; no markup holds it. */
const HERE = '\0'

/**
 * Keeps every distinct piece once, and the markup that pieces have in common once. In memory a digest stands for what is long: a
 * history may have hundreds of thousands of pieces, and texts of strangers must not pass for each other.
 */
export function openPieces(write: (line: PieceLine) => void): Pieces {
  const shapes = new Map<string, number>()
  const pieces = new Map<string, number>()

  function shapeOf(text: string): number {
    const key = keyOf(text)
    const known = shapes.get(key)
    if (known !== undefined) return known
    write(text)
    shapes.set(key, shapes.size)
    return shapes.size - 1
  }

  return {
    numberOf(text) {
      const holes: string[] = []
      const shape = lasting(text)
        .replaceAll(HERE, '')
        .replace(HOLE, (_hole, before: string, text: string) => {
          holes.push(text)
          return `${before}${HERE}`
        })
      const piece: PieceLine = [shapeOf(shape), ...holes]
      const key = keyOf(JSON.stringify(piece))
      const known = pieces.get(key)
      if (known !== undefined) return known
      write(piece)
      pieces.set(key, pieces.size)
      return pieces.size - 1
    },
  }
}

const keyOf = (text: string) => (text.length <= 64 ? text : createHash('sha256').update(text).digest('base64'))

/** A piece without what the moment or the service alone gives it; the replay's script fills the times in. */
export function lasting(html: string): string {
  return html.replace(HREF, '').replace(TIME, (_time, ...found: (string | undefined)[]) => {
    const [name, kind, at, form] = found
    const named = name === undefined ? '' : ` class="${name}"`
    return `<time${named} data-${kind}="${at}"${form === undefined ? '' : ` data-form="${form}"`}></time>`
  })
}

/** Any element that tells a distance in time. */
const SINCE = /(<\w+[^>]* data-since="(-?\d+)" data-form="(\w+)"[^>]*>)[^<]*/g

/** Markup for a file, with its distances in time as of an instant (ms since 1970): for readers without script. */
export function lastingAt(html: string, now: number): string {
  return html
    .replace(HREF, '')
    .replace(
      SINCE,
      (_since, ...[element, at, form]: string[]) => `${element}${relativeTime(Number(at), now, isTimeForm(form) ? form : 'ago')}`,
    )
}

const isTimeForm = (text: string | undefined): text is TimeForm => text === 'ago' || text === 'waiting' || text === 'age'

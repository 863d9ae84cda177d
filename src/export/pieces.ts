import { createHash } from 'node:crypto'
import { relativeTime, type TimeForm } from '../../views/atoms/relative-time.ts'

/** A shape is markup with holes; a piece is a shape's number and what fills its holes. */
export type PieceLine = string | [shape: number, ...holes: string[]]

export type Pieces = {
  numberOf(text: string): number
}

/** A time whose text depends on the moment. */
const TIME = /<time(?: class="(\w+)")? datetime="[^"]*" title="[^"]*" data-(since|clock)="(-?\d+)"(?: data-form="(\w+)")?>[^<]*<\/time>/g
/** Links to the service, which a file lacks. */
const HREF = / (?:href|action|hx-[\w:-]+)="\/[^"]*"/g

const HOLE = /(>|\bdata-(?:since|clock|offset)="|\bid="(?:event|agent|cycle|approval)-)([^<"]+)/g
/** Marks a hole; markup cannot contain it. */
const HERE = '\0'

/** Stores every piece and shape once, known by digest: there may be hundreds of thousands. */
export function openPieces(write: (line: PieceLine) => void): Pieces {
  const shapes = new Map<string, number>()
  const pieces = new Map<string, number>()

  function shapeOf(text: string): number {
    const key = digestKey(text)
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
      const key = digestKey(JSON.stringify(piece))
      const known = pieces.get(key)
      if (known !== undefined) return known
      write(piece)
      pieces.set(key, pieces.size)
      return pieces.size - 1
    },
  }
}

const digestKey = (text: string) => (text.length <= 64 ? text : createHash('sha256').update(text).digest('base64'))

/** A piece without times and links; the replay's script fills in the times. */
export function lasting(html: string): string {
  return html.replace(HREF, '').replace(TIME, (_time, ...found: (string | undefined)[]) => {
    const [name, kind, at, form] = found
    const named = name === undefined ? '' : ` class="${name}"`
    return `<time${named} data-${kind}="${at}"${form === undefined ? '' : ` data-form="${form}"`}></time>`
  })
}

const SINCE = /(<\w+[^>]* data-since="(-?\d+)" data-form="(\w+)"[^>]*>)[^<]*/g

/** Markup with its times as of an instant (ms since 1970), for readers without script. */
export function lastingAt(html: string, now: number): string {
  return html
    .replace(HREF, '')
    .replace(
      SINCE,
      (_since, ...[element, at, form]: string[]) => `${element}${relativeTime(Number(at), now, isTimeForm(form) ? form : 'ago')}`,
    )
}

const isTimeForm = (text: string | undefined): text is TimeForm => text === 'ago' || text === 'waiting' || text === 'age'

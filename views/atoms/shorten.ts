import { shortened } from '../../src/domain/events/plain-text.ts'

export type Shortened = { head: string; hidden: number; tail: string }

/** Beyond this many units for each shown character the middle is counted, not read: an agent may send megabytes. */
const REACH = 8

/** Both ends of a long text, cut between words if possible. The end stays, because commands hide what they do there. */
export function shorten(text: string, limit: number): Shortened {
  const tailLength = Math.floor(limit / 3)
  const headLength = limit - tailLength
  const reach = REACH * limit
  if (text.length <= 2 * reach) {
    const { head, cut, tail } = shortened(text, headLength, tailLength)
    return { head, hidden: cut, tail }
  }
  const { head } = shortened(wholeMarks(text.slice(0, reach)).toWellFormed(), headLength, 0)
  const { tail } = shortened(wholeMarks(text.slice(-reach)).toWellFormed(), 0, tailLength)
  return { head, hidden: text.length - head.length - tail.length, tail }
}

/** Without the half of a mark (src/domain/events/unseen.ts) that a cut may leave at either end. */
const wholeMarks = (text: string) => text.replace(/^[^\ufdd0]*\ufdd1/, '').replace(/\ufdd0[^\ufdd1]*$/, '')

export function joined({ head, hidden, tail }: Shortened): string {
  return hidden > 0 ? `${head.replace(/[\s…]+$/, '')} … ${tail.replace(/^[\s…]+/, '')}`.trimEnd() : head
}

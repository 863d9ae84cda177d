import type { Child, FC } from 'hono/jsx'
import { MARK } from '../../src/domain/events/unseen.ts'

export type Columns = readonly [number, number, number]

type WholeProps = {
  text: string
  lines: 4 | 12
  columns: Columns
  end?: Child
  children: (length: string) => Child
}

const WIDTHS = ['narrow', 'middling', 'wide'] as const

/** A text of which only the first lines show until it is opened. The page has all of it for search, screen readers and print. */
export const Whole: FC<WholeProps> = ({ text, lines, columns, end, children }) => {
  const length = WIDTHS.filter((_, index) => linesOf(text, columns[index] ?? 1) > lines).map((width) => `is-long-${width}`)
  if (length.length === 0) return <>{children('')}</>
  const classes = length.join(' ')
  return (
    <div class={`whole whole--${lines}`}>
      {children(classes)}
      <details class={`whole__rest ${classes}`}>
        <summary>
          <span class="whole__open">Show all {characters(text).toLocaleString('en')} characters</span>
          <span class="whole__close">Show less</span>
        </summary>
      </details>
      {end === undefined ? null : (
        <p class={`whole__end ${classes}`} aria-hidden="true">
          {end}
        </p>
      )}
    </div>
  )
}

export function isLong(text: string, lines: number, columns: Columns): boolean {
  return linesOf(text, columns[0]) > lines
}

const characters = (text: string) => Array.from(text.replace(MARK, '$1')).length

// Signs of East Asian scripts and emoji are about two characters wide.
const WIDE = /[\u1100-\u115e\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f000}-\u{3fffd}]/gu

function linesOf(text: string, columns: number): number {
  let lines = 0
  for (const line of text.replace(MARK, '$1 $2').split('\n')) {
    lines += Math.max(1, Math.ceil((line.length + (line.match(WIDE)?.length ?? 0)) / columns))
  }
  return lines
}

import type { FC } from 'hono/jsx'
import type { Attention } from '../../src/domain/summary/attention.ts'
import { Shape } from '../atoms/shape.tsx'
import { ATTENTION_LOOKS } from '../atoms/state-look.ts'
import { Picture } from './picture.tsx'

const HEIGHT = 20
const PADDING = 7
const SHAPE = 11
const GAP = 5
/** Where letters of 11 px stand. */
const BASELINE = 14
/** Verdana and what stands in for it, at 11 px: narrow letters, wide ones, the others. */
const WIDTHS = { narrow: 4.2, wide: 9.4, other: 6.9 }

/** A project's name and its one word, small enough for a line of text. */
export const BadgePicture: FC<{ project: string; attention: Attention }> = ({ project, attention }) => {
  const { word, shape, tone } = ATTENTION_LOOKS[attention.word]
  const [nameWidth, wordWidth] = [widthOf(project), widthOf(word)]
  const left = 2 * PADDING + nameWidth
  const right = 2 * PADDING + SHAPE + GAP + wordWidth
  return (
    <Picture frame={{ x: 0, y: 0, width: left + right, height: HEIGHT }} name={`${project}: ${word}`}>
      <rect class="badge__ground" x="0.5" y="0.5" width={left + right - 1} height={HEIGHT - 1} rx="4.5" />
      <g class={`tone-${tone}`}>
        <path
          class="badge__state"
          d={`M${left} 0.5h${right - 5}a4.5 4.5 0 0 1 4.5 4.5v${HEIGHT - 10}a4.5 4.5 0 0 1-4.5 4.5h-${right - 5}Z`}
        />
        <g transform={`translate(${left + PADDING} ${(HEIGHT - SHAPE) / 2}) scale(${SHAPE / 16})`}>
          <Shape name={shape} size={16} />
        </g>
        <text class="badge__word" x={left + PADDING + SHAPE + GAP} y={BASELINE} textLength={wordWidth}>
          {word}
        </text>
      </g>
      <text class="badge__name" x={PADDING} y={BASELINE} textLength={nameWidth}>
        {project}
      </text>
    </Picture>
  )
}

/** About how wide a text is, px; `textLength` makes it so whatever font there is. */
function widthOf(text: string): number {
  const widths = Array.from(text, (letter) => {
    if (/[fijlrtI1.,:;!'|()[\] -]/.test(letter)) return WIDTHS.narrow
    return /[mwMW_@%]/.test(letter) ? WIDTHS.wide : WIDTHS.other
  })
  return Math.round(widths.reduce((sum, width) => sum + width, 0))
}

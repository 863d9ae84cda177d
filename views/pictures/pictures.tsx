import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Attention } from '../../src/domain/summary/attention.ts'
import { Shape } from '../atoms/shape.tsx'
import { ATTENTION_LOOKS, workflowLook } from '../atoms/state-look.ts'
import type { Workflow } from '../../src/domain/project/project-state.ts'
import { WIDE_LAYOUT } from '../diagrams/wide-layout.ts'
import { WorkflowDrawing, inWords } from '../diagrams/workflow.tsx'
import { visibleText } from '../atoms/foreign-text.tsx'

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

const FRAME = { x: -20, y: -52, width: 956, height: 424 }

/** The workflow of a project with its name and the moment that it shows (`now`, ms since 1970). */
export const DiagramPicture: FC<{ project: string; workflow: Workflow; now: number }> = ({ project, workflow, now }) => (
  <Picture frame={FRAME} name={`The workflow of ${project}. ${inWords(workflow)}`}>
    <rect class="picture__ground" x={FRAME.x + 0.5} y={FRAME.y + 0.5} width={FRAME.width - 1} height={FRAME.height - 1} rx="10" />
    <text class="picture__name" x="-4" y="-24">
      {project}
    </text>
    <text class="picture__as-of" x="920" y="-24" text-anchor="end">
      {`${visibleText(workflowLook(workflow.state).word, 60)} as of ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`}
    </text>
    <svg x="-4" y="0" width="924" height="350" viewBox={WIDE_LAYOUT.viewBox}>
      <WorkflowDrawing layout={WIDE_LAYOUT} workflow={workflow} now={now} />
    </svg>
  </Picture>
)

/** Where a picture lies, as a `viewBox` tells it. */
type PictureBox = { x: number; y: number; width: number; height: number }

type PictureProps = PropsWithChildren<{ frame: PictureBox; name: string }>

/** A drawing as a document of its own, for places that show pictures and run nothing. Its colours come behind its title. */
const Picture: FC<PictureProps> = ({ frame, name, children }) => (
  <svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
    width={frame.width}
    height={frame.height}
    role="img"
    aria-label={name}
  >
    <title>{name}</title>
    {children}
  </svg>
)

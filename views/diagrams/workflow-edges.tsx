import type { FC } from 'hono/jsx'
import type { Workflow } from '../../src/domain/project/project-state.ts'
import { isWorkflowState } from '../../src/domain/project/workflow-machine.ts'
import type { Box, DrawnEdge, Heading, WorkflowLayout } from './workflow-layout.ts'
import { newest } from '../../src/domain/bounded.ts'

export type EdgeKind = 'possible' | 'visited'

const POINTS: Record<Heading, string> = { right: 'l-8-4v8Z', left: 'l8-4v8Z', up: 'l-4 8h8Z', down: 'l-4-8h8Z' }

type EdgesProps = { layout: WorkflowLayout; kind: EdgeKind; kindOf: (from: string, to: string) => EdgeKind }

/** All drawn edges of one kind: the visited ones come last, over the others. */
export const Edges: FC<EdgesProps> = ({ layout, kind, kindOf }) => (
  <>
    {layout.edges
      .filter(({ from, to }) => kindOf(from, to) === kind)
      .map((edge) => (
        <>
          <path class={`edge edge--${kind}`} d={edge.line} />
          <path class={`edge__head edge__head--${kind}`} d={`M${edge.head[0]} ${edge.head[1]}${POINTS[edge.head[2]]}`} />
          <Labels edge={edge} />
        </>
      ))}
  </>
)

const Labels: FC<{ edge: DrawnEdge }> = ({ edge }) => (
  <>
    {edge.labels.map(({ text, x, y, anchor, isVertical }) => (
      <text class="edge__label" x={x} y={y} text-anchor={anchor} {...(isVertical ? { transform: `rotate(-90 ${x} ${y})` } : {})}>
        {text}
      </text>
    ))}
  </>
)

/** More would hide the rest. */
const UNEXPECTED_SHOWN = 6

/** Steps that the table does not have, as reporters took them: dashed, from box to box. */
export const UnexpectedEdges: FC<{ layout: WorkflowLayout; workflow: Workflow }> = ({ layout, workflow }) => {
  const drawn = new Set(layout.edges.map(({ from, to }) => `${from}>${to}`))
  const paths = [...workflow.edges.keys()].flatMap((edge) => {
    const [from = '', to = ''] = edge.split('>')
    if (drawn.has(edge) || from === to || !isWorkflowState(from) || !isWorkflowState(to)) return []
    return [curve(layout.boxes[from], layout.boxes[to])]
  })
  return (
    <>
      {newest(paths, UNEXPECTED_SHOWN).map(({ line, head }) => (
        <>
          <path class="edge edge--unexpected" d={line} />
          <path class="edge__head edge__head--unexpected" d={head} />
        </>
      ))}
    </>
  )
}

/** How far a bow rises above the boxes, and how near it comes to the picture's edge. */
const RISE = 44
const EDGE = 8

/** A bow from one box to another: over the tops of those side by side, along the right of those above each other. */
function curve(from: Box, to: Box): { line: string; head: string } {
  const [start, end] = [centre(from), centre(to)]
  if (Math.abs(end.x - start.x) > Math.abs(end.y - start.y)) {
    const [first, last] = [start.x + Math.sign(end.x - start.x) * 16, end.x - Math.sign(end.x - start.x) * 16]
    const y = Math.max(EDGE, Math.min(from.y, to.y) - RISE)
    return { line: `M${first} ${from.y}C${first} ${y} ${last} ${y} ${last} ${to.y - 8}`, head: `M${last} ${to.y - 1}${POINTS.down}` }
  }
  const x = Math.max(from.x + from.width, to.x + to.width) + RISE / 2
  const [first, last] = [from.x + from.width, to.x + to.width + 8]
  return {
    line: `M${first} ${start.y + 10}C${x} ${start.y + 10} ${x} ${end.y - 10} ${last} ${end.y - 10}`,
    head: `M${last - 7} ${end.y - 10}${POINTS.left}`,
  }
}

function centre(box: Box): { x: number; y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

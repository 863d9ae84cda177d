import type { FC } from 'hono/jsx'
import type { Workflow } from '../../src/domain/project/project-state.ts'
import { isWorkflowState, WORKFLOW_STATES, type WorkflowState } from '../../src/domain/project/workflow-machine.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Shape } from '../atoms/shape.tsx'
import { relativeTime } from '../atoms/relative-time.ts'
import { workflowLook } from '../atoms/state-look.ts'
import { type EdgeKind, Edges, UnexpectedEdges } from './workflow-edges.tsx'
import { TALL_LAYOUT } from './tall-layout.ts'
import { WIDE_LAYOUT } from './wide-layout.ts'
import { visitedStates, type WorkflowLayout } from './workflow-layout.ts'

type DiagramProps = { workflow: Workflow; now: number }

/** The workflow machine: every state and way, the ones taken in ink, the current one in its colour. */
export const WorkflowDiagram: FC<DiagramProps> = ({ workflow, now }) => (
  <>
    <Drawing layout={WIDE_LAYOUT} form="wide" workflow={workflow} now={now} />
    <Drawing layout={TALL_LAYOUT} form="tall" workflow={workflow} now={now} />
    {isWorkflowState(workflow.state) ? null : (
      <p class="diagram__other">
        Now in <code dir="auto">{visibleText(workflow.state, 60)}</code>, a state that the workflow's table does not have.
      </p>
    )}
  </>
)

const Drawing: FC<DiagramProps & { layout: WorkflowLayout; form: 'wide' | 'tall' }> = ({ layout, form, workflow, now }) => (
  <svg class={`diagram diagram--${form}`} viewBox={layout.viewBox} role="img">
    <title>{inWords(workflow)}</title>
    <WorkflowDrawing layout={layout} workflow={workflow} now={now} />
  </svg>
)

/** What a picture of the workflow is made of, within a drawing with the layout's view box. */
export const WorkflowDrawing: FC<DiagramProps & { layout: WorkflowLayout }> = ({ layout, workflow, now }) => {
  const kindOf = (from: string, to: string): EdgeKind => (workflow.edges.has(`${from}>${to}`) ? 'visited' : 'possible')
  return (
    <>
      <Edges layout={layout} kindOf={kindOf} kind="possible" />
      <Edges layout={layout} kindOf={kindOf} kind="visited" />
      <UnexpectedEdges layout={layout} workflow={workflow} />
      {WORKFLOW_STATES.map((state) => (
        <Node state={state} layout={layout} workflow={workflow} now={now} />
      ))}
    </>
  )
}

/** The same for ears, in one sentence. */
export function inWords(workflow: Workflow): string {
  const visited = [...visitedStates(workflow)].filter((state) => state !== workflow.state)
  return `Now ${visibleText(workflow.state, 60)}${visited.length > 0 ? `; before, ${visited.join(', ')}` : ''}`
}

/** How far the first of three lines stands above the middle of a box. */
const THREE_LINES_UP = 10

const Node: FC<DiagramProps & { state: WorkflowState; layout: WorkflowLayout }> = ({ state, layout, workflow, now }) => {
  const box = layout.boxes[state]
  const look = workflowLook(state)
  const isCurrent = state === workflow.state
  const isVisited = visitedStates(workflow).has(state)
  const top = box.y + box.height / 2 - (box.height > 50 ? THREE_LINES_UP : 1)
  return (
    <g class={`node tone-${look.tone}${isVisited ? ' node--visited' : ''}${isCurrent ? ' node--current' : ''}`}>
      {isCurrent ? <rect class="node__halo" x={box.x - 5} y={box.y - 5} width={box.width + 10} height={box.height + 10} rx="14" /> : null}
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="10" />
      <g transform={`translate(${box.x + 13} ${top - 12})`}>
        <g transform="scale(0.82)">
          <Shape name={look.shape} size={16} />
        </g>
      </g>
      <text class="node__word" x={box.x + 33} y={top - 1}>
        {look.word}
      </text>
      <text class="node__wire" x={box.x + 13} y={top + 15}>
        {state}
      </text>
      <Stay state={state} layout={layout} workflow={workflow} now={now} />
    </g>
  )
}

const Stay: FC<DiagramProps & { state: WorkflowState; layout: WorkflowLayout }> = ({ state, layout, workflow, now }) => {
  const { x, y, anchor } = layout.stays[state]
  const stay = workflow.stays.get(state)
  if (state === workflow.state) {
    if (workflow.enteredAt === undefined) return null
    return (
      <text class="node__stay" x={x} y={y} text-anchor={anchor}>
        <tspan data-since={workflow.enteredAt} data-form="age">
          {relativeTime(workflow.enteredAt, now, 'age')}
        </tspan>
        {' here'}
      </text>
    )
  }
  if (stay === undefined) return null
  return (
    <text class="node__stay" x={x} y={y} text-anchor={anchor}>
      {stay.count > 1 ? `${stay.count} times, ` : ''}
      {relativeTime(0, stay.ms, 'age')}
    </text>
  )
}

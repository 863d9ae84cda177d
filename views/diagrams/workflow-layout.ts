import { WORKFLOW_STATES, type WorkflowState } from '../../src/domain/project/workflow-machine.ts'
import type { Workflow } from '../../src/domain/project/project-state.ts'

export type Box = { x: number; y: number; width: number; height: number }
type Anchor = 'start' | 'middle' | 'end'
export type Heading = 'right' | 'left' | 'up' | 'down'
export type Label = { text: string; x: number; y: number; anchor: Anchor; isVertical?: boolean }

/** A drawn way between two states: its line, where the arrow ends and points, and what it is called. */
export type DrawnEdge = { from: WorkflowState; to: WorkflowState; line: string; head: [x: number, y: number, Heading]; labels: Label[] }

export type WorkflowLayout = {
  viewBox: string
  boxes: Record<WorkflowState, Box>
  /** Where the time that a state was held stands. */
  stays: Record<WorkflowState, { x: number; y: number; anchor: Anchor }>
  edges: DrawnEdge[]
}

export function place(x: number, y: number, anchor: Anchor = 'middle') {
  return { x, y, anchor }
}

/** States of the table that the project has been in. */
export function visitedStates(workflow: Workflow): Set<WorkflowState> {
  const named = [workflow.state, ...workflow.stays.keys(), ...[...workflow.edges.keys()].flatMap((edge) => edge.split('>'))]
  return new Set(WORKFLOW_STATES.filter((state) => named.includes(state)))
}

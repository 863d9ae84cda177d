import type { Workflow } from '../../src/domain/project/project-state.ts'
import { WORKFLOW_STATES, type WorkflowState } from '../../src/domain/project/workflow-machine.ts'

/** States of the table that the project has been in. */
export function visitedStates(workflow: Workflow): Set<WorkflowState> {
  const named = [workflow.state, ...workflow.stays.keys(), ...[...workflow.edges.keys()].flatMap((edge) => edge.split('>'))]
  return new Set(WORKFLOW_STATES.filter((state) => named.includes(state)))
}

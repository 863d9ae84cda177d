import type { FC } from 'hono/jsx'
import type { Workflow } from '../../src/domain/project-state.ts'

export const WorkflowDiagram: FC<{ workflow: Workflow; now: number }> = ({ workflow }) => <p>{workflow.state}</p>

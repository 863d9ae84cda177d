import type { FC } from 'hono/jsx'
import type { Workflow } from '../../src/domain/project/project-state.ts'
import { nextCommands, WORKFLOW_STATES } from '../../src/domain/project/workflow-machine.ts'
import { WorkflowDiagram } from '../diagrams/workflow.tsx'
import { visitedStates } from '../diagrams/workflow-layout.ts'
import { workflowLook } from '../atoms/state-look.ts'
import { visibleText } from '../atoms/foreign-text.tsx'
import { Since } from '../atoms/since.tsx'

/** Where the project stands, how it came there, and what may be commanded next. */
export const WorkflowCard: FC<{ workflow: Workflow; now: number }> = ({ workflow, now }) => (
  <section id="workflow" class="card" aria-labelledby="workflow-title">
    <header class="card__head">
      <h2 id="workflow-title">Workflow</h2>
      <p>
        <bdi>{visibleText(workflowLook(workflow.state).word, 60)}</bdi>
        {workflow.enteredAt === undefined ? ', nothing was reported yet' : ' for '}
        {workflow.enteredAt === undefined ? null : <Since at={workflow.enteredAt} now={now} form="age" />}
        {`, ${visitedStates(workflow).size} of ${WORKFLOW_STATES.length} states visited`}
      </p>
      <p class="legend" aria-hidden="true">
        <span class="legend__visited">visited</span>
        <span class="legend__possible">possible</span>
      </p>
    </header>
    <WorkflowDiagram workflow={workflow} now={now} />
    <Allowed state={workflow.state} />
  </section>
)

const Allowed: FC<{ state: string }> = ({ state }) => (
  <div class="allowed">
    <h3>Allowed now</h3>
    <ul>
      {nextCommands(state).map(({ command, to }) => (
        <li>
          <code>{command}</code>
          {to === state ? null : <span> to {workflowLook(to).word}</span>}
        </li>
      ))}
    </ul>
  </div>
)

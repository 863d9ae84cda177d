import type { FC } from 'hono/jsx'
import type { Workflow } from '../../src/domain/project/project-state.ts'
import { WIDE_LAYOUT } from '../diagrams/wide-layout.ts'
import { inWords, WorkflowDrawing } from '../diagrams/workflow.tsx'
import { visibleText } from '../atoms/foreign-text.tsx'
import { workflowLook } from '../atoms/state-look.ts'
import { Picture } from './picture.tsx'

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

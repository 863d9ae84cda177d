import type { FC } from 'hono/jsx'
import { workflowLook } from '../atoms/state-look.ts'
import { Shape } from '../atoms/shape.tsx'

const MAIN_PATH = ['IDLE', 'BACKLOG_READY', 'SPRINT_PLANNED', 'SPRINT_ACTIVE', 'SPRINT_REVIEW']

/** The way of every sprint, for a page that has no project to show it with. */
export const WorkflowStrip: FC = () => (
  <ol class="strip" aria-label="The way of a sprint">
    {MAIN_PATH.map((state) => {
      const look = workflowLook(state)
      return (
        <li class={`strip__state tone-${look.tone}`}>
          <Shape name={look.shape} />
          {look.word}
        </li>
      )
    })}
  </ol>
)

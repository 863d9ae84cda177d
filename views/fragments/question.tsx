import type { FC } from 'hono/jsx'
import type { Approval } from '../../src/domain/project-state.ts'
import { CommandLine } from './command-line.tsx'
import { ForeignText } from './foreign-text.tsx'

/** What an approval asks to run, where it says so: the last resort of the reader is the text itself, never a summary. */
export function askedCommand(approval: Pick<Approval, 'kind' | 'title' | 'description'>): string | undefined {
  const quoted = /`([^`]+)`/.exec(approval.title)?.[1]
  if (quoted !== undefined) return quoted
  const isCommand = /command|bash|shell|tool|exec/i.test(approval.kind ?? '')
  return isCommand && approval.description ? approval.description : undefined
}

/** The oldest open question of a project, in its row. It is answered on the project's page. */
export const Question: FC<{ approval: Approval; more: number; href: string }> = ({ approval, more, href }) => {
  const command = askedCommand(approval)
  return (
    <div class="row__question">
      {command === undefined ? (
        <p class="row__asks">
          <ForeignText text={approval.description ?? approval.title} limit={240} />
        </p>
      ) : (
        <CommandLine command={command} limit={130} />
      )}
      <a class="button" href={`${href}#approvals`}>
        {more > 0 ? `Look, and at ${more} more` : 'Look'}
      </a>
    </div>
  )
}

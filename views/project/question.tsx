import type { FC } from 'hono/jsx'
import type { Approval } from '../../src/domain/project/project-state.ts'
import { CommandLine } from '../atoms/command-line.tsx'
import { ForeignText } from '../atoms/foreign-text.tsx'

type Asked = Pick<Approval, 'kind' | 'title' | 'description'>

const QUOTED = /`([^`]+)`/
/** "Run … now?" says no more than its command does. */
const SAID_AROUND = 24

export function askedCommand({ kind, title, description }: Asked): string | undefined {
  const quoted = QUOTED.exec(title)?.[1]
  if (quoted !== undefined) return quoted
  return /command|bash|shell|tool|exec/i.test(kind ?? '') && description ? description : undefined
}

/** Whether the question's own box says all that its title says: then the line above it need not. */
export function isSaidBelow({ title, ...approval }: Asked): boolean {
  const command = askedCommand({ title, ...approval })
  if (command === undefined) return true
  return QUOTED.test(title) && title.length - command.length <= SAID_AROUND && title.split('`').length === 3
}

/** The oldest open question of a project, in its row. It is read in full on the project's page. */
export const Question: FC<{ approval: Approval; more: number; href: string }> = ({ approval, more, href }) => {
  const command = askedCommand(approval)
  return (
    <div class="row__question">
      {command === undefined ? (
        <p class="row__asks">
          <ForeignText text={approval.title} limit={240} reading="decision" />
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

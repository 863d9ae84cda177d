import type { FC } from 'hono/jsx'
import { openQuestions } from '../../src/domain/project/approval.ts'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { projectHref } from '../atoms/part-href.ts'
import { ActivityRow } from '../activity/activity-row.tsx'
import { ApprovalCard } from '../project/approvals.tsx'
import { ProjectFacts, type HeadingView } from '../project/project-heading.tsx'
import { AttentionMark } from '../atoms/state-badge.tsx'
import { foremost, newest } from '../../src/domain/bounded.ts'

const QUESTIONS = 2
const EVENTS = 8

type PeekProps = HeadingView & { recent: readonly StoredEvent[] }

/** A look at a project without leaving the list: how it stands, what it asks, and what happened last. */
export const Peek: FC<PeekProps> = ({ recent, ...view }) => {
  const { project, state, attention, now } = view
  const { open, count } = openQuestions(state, now)
  const { kept } = foremost(open, QUESTIONS)
  const more = count - kept.length
  const rows = newest(recent, EVENTS).toReversed()
  return (
    <article id="peek" class="peek">
      <h2 id="peek-title">
        <a class="peek__name" href={projectHref(project.name)}>
          {project.name}
        </a>{' '}
        <AttentionMark attention={attention} now={now} />
      </h2>
      <ProjectFacts {...view} />
      {kept.map((approval) => (
        <ApprovalCard approval={approval} now={now} />
      ))}
      {more > 0 ? (
        <p class="nothing">
          {more} more {more === 1 ? 'question is' : 'questions are'} open.
        </p>
      ) : null}
      {rows.length === 0 ? (
        <p class="nothing">Nothing was reported yet.</p>
      ) : (
        <ol class="activity" aria-label="Last events" reversed>
          {rows.map((event) => (
            <ActivityRow event={event} now={now} project={project.name} />
          ))}
        </ol>
      )}
      <Keys />
    </article>
  )
}

const Keys: FC = () => (
  <p class="peek__keys">
    <span>
      <kbd>Enter</kbd> opens it
    </span>
    <span>
      <kbd>j</kbd> <kbd>k</kbd> the next, the one before
    </span>
    <span>
      <kbd>Space</kbd> or <kbd>Esc</kbd> closes
    </span>
  </p>
)

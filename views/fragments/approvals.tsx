import type { FC } from 'hono/jsx'
import { isOpenApproval } from '../../src/domain/approval.ts'
import type { Approval } from '../../src/domain/project-state.ts'
import { domId } from '../dom-id.ts'
import { CommandLine } from './command-line.tsx'
import { ForeignText, Identifier, visibleText } from './foreign-text.tsx'
import { askedCommand } from './question.tsx'
import { Shape } from './shape.tsx'
import { Clock, Since } from './since.tsx'

const SHOWN = 20

/** Open questions, oldest first. They are answered where they were asked: this page shows them. */
export const Approvals: FC<{ approvals: ReadonlyMap<string, Approval>; now: number }> = ({ approvals, now }) => {
  const open = [...approvals.values()].filter((approval) => isOpenApproval(approval, now))
  return (
    <section id="approvals" class="approvals" aria-label="Open approvals">
      {open.slice(0, SHOWN).map((approval) => (
        <ApprovalCard approval={approval} now={now} />
      ))}
      {open.length > SHOWN ? <p class="nothing">{open.length - SHOWN} more questions are open.</p> : null}
      {open[0] ? <Dock first={open[0]} count={open.length} now={now} /> : null}
    </section>
  )
}

/** One question: what is asked, by whom, and since when somebody waits. */
export const ApprovalCard: FC<{ approval: Approval; now: number }> = ({ approval, now }) => {
  const command = askedCommand(approval)
  return (
    <article id={domId('approval', approval.approvalId)} class="approval tone-needs">
      <header>
        <Shape name="diamond" />
        <h2>
          {approval.agentType === undefined ? '' : `${visibleText(approval.agentType, 40)} asks: `}
          <ForeignText text={approval.title} limit={200} />
        </h2>
        <p class="approval__wait">
          waiting <Since at={approval.requestedAt} now={now} form="waiting" />
        </p>
      </header>
      {command === undefined ? null : <CommandLine command={command} />}
      {approval.description && approval.description !== command ? (
        <p class="approval__text">
          <ForeignText text={approval.description} limit={600} />
        </p>
      ) : null}
      <Facts approval={approval} now={now} />
    </article>
  )
}

const Facts: FC<{ approval: Approval; now: number }> = ({ approval, now }) => (
  <dl class="approval__facts">
    <Fact name="Asked by" value={approval.agentType ?? approval.agentId} />
    <Fact name="Kind" value={approval.kind} />
    <Fact name="Priority" value={approval.priority} />
    {approval.storyId === undefined ? null : (
      <div>
        <dt>Holds up</dt>
        <dd>
          <Identifier id={approval.storyId} />
        </dd>
      </div>
    )}
    {approval.expiresAt === undefined ? null : (
      <div>
        <dt>{approval.expiresAt > now ? 'Expires' : 'Expired'}</dt>
        <dd>
          <Clock at={approval.expiresAt} now={now} /> without a decision
        </dd>
      </div>
    )}
    <div>
      <dt>Question</dt>
      <dd>
        <Identifier id={approval.approvalId} />
      </dd>
    </div>
  </dl>
)

const Fact: FC<{ name: string; value: string | undefined }> = ({ name, value }) =>
  value === undefined ? null : (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{visibleText(value, 60)}</bdi>
      </dd>
    </div>
  )

const Dock: FC<{ first: Approval; count: number; now: number }> = ({ first, count, now }) => (
  <div class="dock tone-needs">
    <Shape name="diamond" />
    <p>
      <strong>
        {count} {count === 1 ? 'question' : 'questions'} here
      </strong>
      <span>
        waits <Since at={first.requestedAt} now={now} form="waiting" />
      </span>
    </p>
    <a class="button button--ink" href="#approvals">
      Look
    </a>
  </div>
)

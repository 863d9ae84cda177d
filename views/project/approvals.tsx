import type { FC } from 'hono/jsx'
import { openQuestions, type QuestionsOf } from '../../src/domain/project/approval.ts'
import type { Approval } from '../../src/domain/project/project-state.ts'
import { domId } from '../atoms/dom-id.ts'
import { markedText } from '../../src/domain/events/plain-text.ts'
import { WholeCommand } from '../atoms/command-line.tsx'
import { DecisionText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { askedCommand } from './question.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Clock, Since } from '../atoms/since.tsx'
import { Whole } from '../atoms/whole.tsx'
import { foremost } from '../../src/domain/bounded.ts'

const SHOWN = 20

/** Open questions, oldest first. They are answered where they were asked: this page shows them. */
export const Approvals: FC<{ state: QuestionsOf; now: number }> = ({ state, now }) => {
  const { open, count, unlisted } = openQuestions(state, now)
  const { kept } = foremost(open, SHOWN)
  const more = count - kept.length
  return (
    <section id="approvals" class="approvals" aria-label="Open approvals">
      {kept.map((approval) => (
        <ApprovalCard approval={approval} now={now} />
      ))}
      {more > 0 ? (
        <p class="nothing">
          {more} more {more === 1 ? 'question is' : 'questions are'} open.
          {unlisted > 0 ? ` ${unlisted} of them were too many to be listed: the activity has them.` : ''}
        </p>
      ) : null}
      {open[0] ? <Dock first={open[0]} count={count} now={now} /> : null}
    </section>
  )
}

type ApprovalProps = {
  approval: Approval
  now: number
  /** The card stands on the page of a story. */
  isOfPart?: boolean
}

const TITLE_COLUMNS = [32, 54, 104] as const
const TEXT_COLUMNS = [42, 70, 100] as const
const LINES = 4

/** One question: what is asked, by whom, and since when somebody waits. Nothing of it is left out. */
export const ApprovalCard: FC<ApprovalProps> = ({ approval, now, isOfPart = false }) => {
  const command = askedCommand(approval)
  const who = approval.agentType === undefined ? '' : `${visibleText(approval.agentType, 40)} asks: `
  const title = markedText(approval.title, 'decision').trim()
  return (
    <article id={domId(isOfPart ? 'asked' : 'approval', approval.approvalId)} class="approval tone-needs">
      <header>
        <Shape name="diamond" />
        <div class="approval__title">
          <Whole text={`${who}${title}`} lines={LINES} columns={TITLE_COLUMNS}>
            {(length) => (
              <h2 class={`whole__text ${length}`}>
                {who}
                <DecisionText text={title} />
              </h2>
            )}
          </Whole>
        </div>
        <p class="approval__wait">
          waiting <Since at={approval.requestedAt} now={now} form="waiting" />
        </p>
      </header>
      {command === undefined ? null : <WholeCommand command={command} />}
      {approval.description && approval.description !== command ? <Description text={approval.description} /> : null}
      {approval.isShortened ? (
        <p class="approval__text">Very many questions were open when it came: its text is in the activity, at event {approval.offset}.</p>
      ) : null}
      <ApprovalFacts approval={approval} now={now} />
    </article>
  )
}

const Description: FC<{ text: string }> = ({ text }) => {
  const marked = markedText(text, 'decision').trim()
  return (
    <div class="approval__text">
      <Whole text={marked} lines={LINES} columns={TEXT_COLUMNS}>
        {(length) => (
          <p class={`whole__text ${length}`}>
            <DecisionText text={marked} />
          </p>
        )}
      </Whole>
    </div>
  )
}

const ApprovalFacts: FC<{ approval: Approval; now: number }> = ({ approval, now }) => (
  <dl class="approval__facts">
    <ApprovalFact name="Asked by" value={approval.agentType ?? approval.agentId} />
    <ApprovalFact name="Kind" value={approval.kind} />
    <ApprovalFact name="Priority" value={approval.priority} />
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

const ApprovalFact: FC<{ name: string; value: string | undefined }> = ({ name, value }) =>
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

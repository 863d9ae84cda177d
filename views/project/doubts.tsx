import { CsrfField } from '../shell/csrf-field.tsx'
import type { FC } from 'hono/jsx'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { type Dispute, disputesOf } from '../../src/domain/project/source-memory.ts'
import { lostWords } from '../event/own-lines.tsx'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import type { Loss } from '../../src/domain/project/reports.ts'
import { foremost, ofAll } from '../../src/domain/bounded.ts'

const SHOWN = 20

type DoubtsProps = {
  project: string
  state: Pick<ProjectState, 'words' | 'cycles' | 'workflow' | 'losses'>
  now: number
  isPast?: boolean | undefined
}

/** Why this page may not say what is: sources that contradict each other, and reports that are known to be missing. */
export const Doubts: FC<DoubtsProps> = ({ project, state, now, isPast }) => {
  const disputes = foremost(disputesOf(state), SHOWN)
  // Those that are told are those that can be said to be seen: what came after them is shown then.
  const losses = foremost(
    [...state.losses.values()].toSorted((one, other) => one.offset - other.offset),
    SHOWN,
  )
  const shown = losses.kept
  return (
    <section id="doubts" class="notices" aria-label="Doubts">
      {shown.map((loss) => (
        <LossNotice loss={loss} now={now} />
      ))}
      {losses.left.length > 0 ? <p>{`${ofAll(losses)} kinds of losses`}</p> : null}
      {shown.length > 0 && !isPast ? <SeenForm project={project} upTo={Math.max(...shown.map(({ offset }) => offset))} /> : null}
      {disputes.kept.map((dispute) => (
        <DisputeNotice dispute={dispute} now={now} />
      ))}
      {disputes.left.length > 0 ? <p>{`${ofAll(disputes)} contradictions`}</p> : null}
    </section>
  )
}

const LossNotice: FC<{ loss: Loss; now: number }> = ({ loss, now }) => (
  <div class="notice tone-failed">
    <Shape name="octagon" />
    <p>
      From <bdi>{visibleText(loss.source, 60)}</bdi> {lostWords(loss.count, loss.isMore)}: <ForeignText text={loss.reason} limit={240} />
      {loss.detail === undefined ? '' : '. The last: '}
      {loss.detail === undefined ? null : <ForeignText text={loss.detail} limit={240} />}.
    </p>
    <Since at={loss.lastAt} now={now} />
  </div>
)

const SeenForm: FC<{ project: string; upTo: number }> = ({ project, upTo }) => (
  <form method="post" action={`/projects/${encodeURIComponent(project)}/losses`}>
    <CsrfField />
    <input type="hidden" name="seen" value={String(upTo)} />
    <button type="submit">I have seen what is missing</button>
  </form>
)

const DisputeNotice: FC<{ dispute: Dispute; now: number }> = ({ dispute: { word, shown, shownBy }, now }) => (
  <div class="notice tone-stale">
    <Shape name="question" />
    <p>
      <bdi>{visibleText(word.source, 60)}</bdi> says that{' '}
      {word.storyId === undefined ? 'the workflow' : <bdi>{visibleText(word.storyId, 60)}</bdi>} is in <StateWord name={word.state} />.
      Shown is <StateWord name={shown} />
      {shownBy ? ', which ' : ''}
      {shownBy ? <bdi>{visibleText(shownBy.source, 60)}</bdi> : null}
      {shownBy ? ' said ' : ''}
      {shownBy ? <Since at={shownBy.since} now={now} /> : null}.
    </p>
    <Since at={word.since} now={now} />
  </div>
)

const StateWord: FC<{ name: string }> = ({ name }) => <code dir="auto">{visibleText(name, 60)}</code>

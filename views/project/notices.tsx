import type { FC } from 'hono/jsx'
import { type Bounded, bounded, equally, ofAll } from '../../src/domain/bounded.ts'
import { isSevere } from '../../src/domain/project/outcomes.ts'
import type { FileNotice, OpenError } from '../../src/domain/project/reports.ts'
import { ForeignCode, ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'

const PROBLEM_WORDS: Record<string, string> = {
  damaged: 'is damaged',
  vanished: 'has vanished',
  unreadable: 'cannot be read',
  too_large: 'is too large',
  paced: 'is stored now and then',
  unnamed: 'holds records that cannot be shown',
}
const SHOWN = 20

type NoticesProps = { notices: ReadonlyMap<string, FileNotice>; errors: ReadonlyMap<string, OpenError>; now: number }

/** What is wrong with what this page rests on: open errors, and files that cannot be read while their last good state stays. */
export const Notices: FC<NoticesProps> = ({ notices, errors, now }) => (
  <section id="notices" class="notices" aria-label="Notices">
    {shownErrors(errors).kept.map((error) => (
      <div class="notice tone-failed">
        <Shape name="octagon" />
        <p>
          <strong>
            <bdi>{visibleText(error.type ?? error.severity, 60)}</bdi>
          </strong>{' '}
          <ForeignText text={error.message} limit={300} />
        </p>
        <Since at={error.at} now={now} />
      </div>
    ))}
    <MoreNotices {...shownErrors(errors)} things="errors" />
    {shownNotices(notices).kept.map((notice) => (
      <div class="notice tone-stale">
        <Shape name="question" />
        <p>
          <ForeignCode text={notice.file} limit={80} /> {PROBLEM_WORDS[notice.problem] ?? visibleText(notice.problem, 40)}
          {notice.detail ? ': ' : ''}
          {notice.detail ? <ForeignText text={notice.detail} limit={200} /> : null}. What it said last stays on this page.
        </p>
        <Since at={notice.since} now={now} />
      </div>
    ))}
    <MoreNotices {...shownNotices(notices)} things="notices of files" />
  </section>
)

/** Of too many errors those that failed something stay, however old they are. */
const shownErrors = (errors: NoticesProps['errors']) =>
  bounded([...errors.values()], { limit: SHOWN, worthOf: (error) => (isSevere(error) ? 'waits' : 'mild') })

const shownNotices = (notices: NoticesProps['notices']) => bounded([...notices.values()], { limit: SHOWN, worthOf: equally })

const MoreNotices: FC<Pick<Bounded<unknown>, 'kept' | 'total'> & { things: string }> = ({ things, ...list }) => {
  const told = ofAll(list)
  return told === undefined ? null : (
    <p class="nothing">
      {told} {things} are shown.
    </p>
  )
}

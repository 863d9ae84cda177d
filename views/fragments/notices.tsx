import type { FC } from 'hono/jsx'
import type { FileNotice, OpenError } from '../../src/domain/reports.ts'
import { ForeignCode, ForeignText, visibleText } from './foreign-text.tsx'
import { Shape } from './shape.tsx'
import { Since } from './since.tsx'

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
    {[...errors.values()].slice(-SHOWN).map((error) => (
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
    {[...notices.values()].slice(0, SHOWN).map((notice) => (
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
  </section>
)

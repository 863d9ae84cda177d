import type { FC } from 'hono/jsx'
import { openQuestions } from '../../src/domain/project/approval.ts'
import type { FlowFigures, Timing } from '../../src/domain/summary/flow-figures.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { projectHref } from '../atoms/part-href.ts'
import { relativeTime } from '../atoms/relative-time.ts'
import { Spread } from './spread.tsx'
import type { FlowKind } from '../../src/domain/project/durations.ts'

/** What is timed, in the order of a story's life, and what leads to it. */
export const KINDS: readonly { kind: FlowKind; word: string; meaning: string; none: string }[] = [
  {
    kind: 'cycleTime',
    word: 'Cycle time',
    meaning: 'from the first phase of a story to its last',
    none: 'No story was finished whose beginning was seen.',
  },
  { kind: 'redToGreen', word: 'Red to green', meaning: 'from a failing test to a passing one', none: 'No failing test has passed.' },
  {
    kind: 'approvalWait',
    word: 'Waiting for people',
    meaning: 'from a question to its decision',
    none: 'No question was decided.',
  },
]

export const durationWords = (ms: number | undefined): string =>
  ms === undefined ? '–' : ms < 1_000 ? 'below 1 s' : relativeTime(0, ms, 'age')

type TimingsProps = { project: string; figures: FlowFigures; questions: Pick<ProjectState, 'approvals' | 'unlistedApprovals'>; now: number }

/** The three timings, each with how its durations are spread; questions that are open now have not waited to their end. */
export const Timings: FC<TimingsProps> = ({ project, figures, questions, now }) => (
  <div id="flow-timings" class="flow__timings">
    {KINDS.map(({ kind, word, meaning, none }) => (
      <section class="card" aria-labelledby={`flow-${kind}`}>
        <header class="card__head">
          <h2 id={`flow-${kind}`}>{word}</h2>
          <p>{meaning}</p>
        </header>
        {figures.timings[kind].count === 0 ? <p class="nothing">{none}</p> : <TimingFigures kind={kind} timing={figures.timings[kind]} />}
        {kind === 'approvalWait' ? <OpenNow project={project} questions={questions} now={now} /> : null}
      </section>
    ))}
    <p class="flow__note">Durations are kept as counts of ranges: these figures are right to within 10 %.</p>
  </div>
)

/** What waits now: the oldest first asked. */
const OpenNow: FC<Omit<TimingsProps, 'figures'>> = ({ project, questions, now }) => {
  const { count, oldestAt } = openQuestions(questions, now)
  if (oldestAt === undefined) return <p class="flow__open">None is open now.</p>
  return (
    <p class="flow__open tone-needs">
      <Shape name="diamond" />
      <span>
        <a href={`${projectHref(project)}#approvals`}>{count} open now</a>, {count === 1 ? 'for' : 'the oldest for'}{' '}
        <Since at={oldestAt} now={now} form="waiting" />
      </span>
    </p>
  )
}

const TimingFigures: FC<{ kind: FlowKind; timing: Timing }> = ({ kind, timing }) => (
  <>
    <dl class="known">
      <div>
        <dt>Half within</dt>
        <dd class="flow__figure">{durationWords(timing.medianMs)}</dd>
      </div>
      <div>
        <dt>85 % within</dt>
        <dd>{durationWords(timing.p85Ms)}</dd>
      </div>
      <div>
        <dt>Measured</dt>
        <dd>{timing.count.toLocaleString('en')}</dd>
      </div>
    </dl>
    <Spread id={`flow-${kind}-table`} timing={timing} />
  </>
)

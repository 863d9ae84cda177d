import type { FC } from 'hono/jsx'
import { isOpenCycle } from '../../src/domain/cycle.ts'
import type { Cycle, CycleFile, ProjectState } from '../../src/domain/project-state.ts'
import { domId } from '../dom-id.ts'
import { storyHref } from '../part-href.ts'
import { ATTENTION_LOOKS, type Look } from '../state-look.ts'
import { ForeignText, Identifier, visibleText } from './foreign-text.tsx'
import { PartLink } from './part-link.tsx'
import { PhaseMarks } from './phase-marks.tsx'
import { Shape } from './shape.tsx'
import { Since } from './since.tsx'

/** An open cycle without a step for this long, and without an agent at work, is not drawn as moving. */
const MOVING_MS = 600_000

type CardProps = { project: string; cycle: Cycle; state: Pick<ProjectState, 'approvals' | 'agents' | 'cycleFiles'>; now: number }

/** A story's cycle on the board. Pages render it first; the feed sends it again on every change. */
export const CycleCard: FC<CardProps> = ({ project, cycle, state, now }) => {
  const look = cycleLook(cycle, state, now)
  const file = [...state.cycleFiles.values()].findLast(({ storyId }) => storyId === cycle.storyId)
  return (
    <li id={domId('cycle', cycle.storyId)} class={`cycle tone-${look.tone}`}>
      <p class="cycle__head">
        <Shape name={look.shape} />
        <PartLink href={storyHref(project, cycle.storyId)}>
          <Identifier id={cycle.storyId} />
        </PartLink>
        <span class="cycle__age">
          {isOpenCycle(cycle) ? (
            <Since at={cycle.enteredAt} now={now} form="age" />
          ) : (
            <>
              done <Since at={cycle.completedAt ?? cycle.enteredAt} now={now} />
            </>
          )}
        </span>
      </p>
      {cycle.title ? (
        <h4>
          <ForeignText text={cycle.title} limit={90} />
        </h4>
      ) : null}
      <p class="cycle__foot">
        <PhaseMarks cycle={cycle} />
        <span>{cycleNote(cycle, file)}</span>
      </p>
      {cycle.isUnexpected ? <UnexpectedStep from={cycle.previousState} /> : null}
    </li>
  )
}

const UnexpectedStep: FC<{ from: string | undefined }> = ({ from }) => (
  <p class="unexpected">
    unexpected step{from === undefined ? '' : ' from '}
    {from === undefined ? null : <bdi>{visibleText(from, 40)}</bdi>}
  </p>
)

/** How a story's cycle looks: what it needs, else whether it moves. */
export function cycleLook(cycle: Cycle, state: CardProps['state'], now: number): Look {
  if (!isOpenCycle(cycle)) return ATTENTION_LOOKS.done
  if ([...state.approvals.values()].some(({ storyId }) => storyId === cycle.storyId)) return ATTENTION_LOOKS.needs_you
  const agents = [...state.agents.values()].filter(({ storyId }) => storyId === cycle.storyId)
  if (agents.some(({ status }) => status === 'needs_input')) return ATTENTION_LOOKS.needs_you
  if (agents.some(({ status }) => status === 'failed')) return ATTENTION_LOOKS.failed
  const isMoving = agents.some(({ status }) => status === 'working') || now - cycle.lastEventAt < MOVING_MS
  return isMoving ? ATTENTION_LOOKS.working : ATTENTION_LOOKS.idle
}

function cycleNote(cycle: Cycle, file: CycleFile | undefined): string {
  if (file && file.passingTests + file.failingTests > 0) {
    if (file.failingTests === 0) return `${file.passingTests} pass`
    const all = file.passingTests + file.failingTests
    return cycle.state === 'test_red' ? `${file.failingTests} of ${all} tests fail as meant` : `${file.passingTests} of ${all} pass`
  }
  if (cycle.progress !== undefined && isOpenCycle(cycle)) return `${Math.round(cycle.progress * 100)} %`
  return cycle.round > 1 ? `round ${cycle.round}` : ''
}

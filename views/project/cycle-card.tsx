import type { FC } from 'hono/jsx'
import type { CycleFile } from '../../src/domain/project/reports.ts'
import { type Looked, storyWordAt } from '../../src/domain/project/words-at.ts'
import type { Cycle, ProjectState } from '../../src/domain/project/project-state.ts'
import { domId } from '../atoms/dom-id.ts'
import { storyHref } from '../atoms/part-href.ts'
import { wordLook } from '../atoms/state-look.ts'
import { ForeignText, Identifier, visibleText } from '../atoms/foreign-text.tsx'
import { PartLink } from '../atoms/part-link.tsx'
import { PhaseMarks } from '../atoms/phases.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { isOpenCycle } from '../../src/domain/project/tdd-machine.ts'

type CycleCardProps = Looked & {
  project: string
  cycle: Cycle
  state: Pick<ProjectState, 'approvals' | 'agents' | 'cycleFiles' | 'workflow' | 'parallel'>
}

/** A story's cycle on the board. Pages render it first; the feed sends it again on every change. */
export const CycleCard: FC<CycleCardProps> = ({ project, cycle, state, now, staleMinutes }) => {
  const { word, since } = storyWordAt(state, cycle, { now, staleMinutes })
  const look = wordLook(word)
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
            <>
              {word === 'stale' ? 'silent ' : ''}
              <Since at={word === 'stale' ? since : cycle.enteredAt} now={now} form="age" />
            </>
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

function cycleNote(cycle: Cycle, file: CycleFile | undefined): string {
  if (file && file.passingTests + file.failingTests > 0) {
    if (file.failingTests === 0) return `${file.passingTests} pass`
    const all = file.passingTests + file.failingTests
    return cycle.state === 'test_red' ? `${file.failingTests} of ${all} tests fail as meant` : `${file.passingTests} of ${all} pass`
  }
  if (cycle.progress !== undefined && isOpenCycle(cycle)) return `${Math.round(cycle.progress * 100)} %`
  return cycle.round > 1 ? `round ${cycle.round}` : ''
}

import type { FC } from 'hono/jsx'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import { domId } from '../atoms/dom-id.ts'
import { ATTENTION_LOOKS } from '../atoms/state-look.ts'
import { CommandLine } from '../atoms/command-line.tsx'
import { ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { projectHref } from '../atoms/part-href.ts'
import { askedCommand } from '../project/question.tsx'
import { Ring } from '../atoms/phases.tsx'
import { Shape } from '../atoms/shape.tsx'
import { Since } from '../atoms/since.tsx'
import { Sparkline } from '../atoms/sparkline.tsx'
import { AttentionWords } from '../atoms/state-badge.tsx'
import { foremost } from '../../src/domain/bounded.ts'

const RINGS_SHOWN = 4

type TileProps = { summary: ProjectSummary; isLarge: boolean; now: number }

export const WallTile: FC<TileProps> = ({ summary, isLarge, now }) => {
  const { project, attention } = summary
  const look = ATTENTION_LOOKS[attention.word]
  return (
    <li
      id={domId('project', project.name)}
      class={`tile tone-${look.tone}${isLarge ? ' tile--large' : ''}`}
      data-attention={attention.word}
    >
      <Shape name={look.shape} class="tile__shape" />
      <h2 class="tile__name">
        <a href={projectHref(project.name)}>{project.name}</a>
      </h2>
      <span class="tile__word">
        <AttentionWords attention={attention} now={now} />
      </span>
      <div class="tile__reason">
        <p>
          <ForeignText text={attention.word === 'working' ? attention.reason.replace(/^working: /, '') : attention.reason} limit={120} />
        </p>
        {isLarge ? <Asked summary={summary} /> : null}
        <Stand summary={summary} />
      </div>
      <div class="tile__foot">
        <Waiting summary={summary} now={now} isLarge={isLarge} />
        <span class="tile__rings">
          {foremost(summary.cycles, RINGS_SHOWN).kept.map((cycle) => (
            <Ring cycle={cycle} />
          ))}
        </span>
        {isLarge ? null : <Sparkline minutes={summary.minutes} now={now} />}
      </div>
    </li>
  )
}

const Asked: FC<{ summary: ProjectSummary }> = ({ summary: { approvals } }) => {
  const command = approvals.first && askedCommand(approvals.first)
  return command === undefined ? null : <CommandLine command={command} limit={46} />
}

const Stand: FC<{ summary: ProjectSummary }> = ({ summary: { sprint } }) =>
  sprint ? (
    <p class="tile__stand">
      <bdi>{visibleText(sprint.goal, 48)}</bdi>, {sprint.done} of {sprint.total} stories done
    </p>
  ) : null

const Waiting: FC<TileProps> = ({ summary: { attention, lastEventAt }, isLarge, now }) => {
  if (attention.waitingSince !== undefined)
    return (
      <p class="tile__waiting">
        <b>
          <Since at={attention.waitingSince} now={now} form="waiting" />
        </b>{' '}
        {isLarge ? 'waiting' : <span class="visually-hidden">waiting</span>}
      </p>
    )
  return <p class="tile__last">{lastEventAt === undefined ? 'no events yet' : <Since at={lastEventAt} now={now} />}</p>
}

import { isAtHand } from '../project/agent.ts'
import { openQuestions } from '../project/approval.ts'
import { type Attention, attentionAt } from './attention.ts'
import type { Project } from '../registry/project-registry.ts'
import type { Approval, Cycle, ProjectState } from '../project/project-state.ts'
import { sprintOf } from '../project/sprint.ts'
import { nextLookAt } from '../project/words-at.ts'
import { isOpenCycle } from '../project/tdd-machine.ts'
import { cycleWorth } from '../project/forget.ts'
import { bounded } from '../bounded.ts'

/** What the overview shows; kept in memory for every project, so it is small. Instants are ms since 1970. */
export type ProjectSummary = {
  project: Project
  epoch: string
  offset: number
  attention: Attention
  workflowState: string
  sprint: { id: string; goal: string; done: number; total: number } | undefined
  cycles: CycleSummary[]
  cyclesTotal: number
  nextLookAt: number | undefined
  staleMinutes: number
  agents: number
  approvals: { first: Approval | undefined; total: number }
  notices: number
  minutes: [number, number][]
  lastEventAt: number | undefined
  /** The beginning of the workflow state, else of the last event. */
  ageSince: number | undefined
}

type CycleSummary = Pick<Cycle, 'storyId' | 'state' | 'visited' | 'isUnexpected' | 'completedAt' | 'title'>

type Summarized = { project: Project; state: ProjectState; epoch: string; now: number; staleMinutes: number }

const CYCLES_SHOWN = 4
const DESCRIPTION_KEPT = 2_000

/** The summary of a project now. */
export function summarize({ project, state, epoch, now, staleMinutes }: Summarized): ProjectSummary {
  const { workflow, offset, minutes, lastEventAt, firstEventAt } = state
  const open = [...state.cycles.values()].filter(isOpenCycle).sort((one, other) => other.offset - one.offset)
  const questions = openQuestions(state, now)
  return {
    project,
    epoch,
    offset,
    attention: attentionAt(state, now, { staleMinutes }),
    workflowState: workflow.state,
    sprint: sprintLine(state),
    cycles: shownCycles(state, open).map(cycleSummary),
    cyclesTotal: open.length,
    nextLookAt: nextLookAt(state, { now, staleMinutes }),
    staleMinutes,
    agents: [...state.agents.values()].filter(isAtHand).length,
    approvals: { first: questions.open[0] && shortQuestion(questions.open[0]), total: questions.count },
    notices: state.notices.size,
    minutes,
    lastEventAt,
    ageSince: workflow.enteredAt ?? firstEventAt,
  }
}

function shownCycles(state: ProjectState, open: readonly Cycle[]): Cycle[] {
  if (open.length <= CYCLES_SHOWN) return [...open]
  return bounded(open, { limit: CYCLES_SHOWN, most: CYCLES_SHOWN, worthOf: cycleWorth(state), ageOf: ({ offset }) => offset }).kept
}

function sprintLine(state: ProjectState): ProjectSummary['sprint'] {
  const sprint = sprintOf(state)
  return sprint && { id: sprint.id, goal: sprint.goal, done: sprint.done, total: sprint.total }
}

function cycleSummary({ storyId, state, visited, isUnexpected, completedAt, title }: Cycle): CycleSummary {
  return { storyId, state, visited, isUnexpected, completedAt, title }
}

function shortQuestion(approval: Approval): Approval {
  const { description } = approval
  if (description === undefined || description.length <= DESCRIPTION_KEPT) return approval
  const half = DESCRIPTION_KEPT / 2
  return { ...approval, description: `${description.slice(0, half)} … ${description.slice(-half)}`.toWellFormed() }
}

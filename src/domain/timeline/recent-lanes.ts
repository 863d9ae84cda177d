import { emptyLane, type Lane, type Lanes, withStay } from './lane.ts'
import { DECIDED as BY_PEOPLE, type Mark } from './lane-marks.ts'
import { openLanes } from './lanes.ts'
import { cutLanes, seeApprovals, seeCycle, seeWorkflow } from './lanes-seen.ts'
import type { ProjectState, Transition } from '../project/project-state.ts'
import { TRANSITIONS_KEPT } from '../project/workflow.ts'
import { isOpenCycle } from '../project/tdd-machine.ts'

const MINUTE_MS = 60_000
const DECIDED = { ...BY_PEOPLE, expired: 'withdrawn', ended: 'withdrawn' } as const
const CI = { passed: 'ci_passed', failed: 'ci_failed', error: 'ci_failed', running: 'ci_running' } as const

/** Lanes from the state's own memory, without reading the log; `from` is later where that does not reach back. */
export function recentLanes(state: ProjectState, from: number): Lanes {
  const { transitions, cycles } = state
  const oldest = transitions.length < TRANSITIONS_KEPT ? from : (transitions[0]?.at ?? from)
  const began = Math.max(from, oldest)
  const lanes: Lanes = { ...openLanes(NOBODY(state), { from: began, windowMs: 60 * MINUTE_MS }), state }
  for (const step of transitions) takeStep(lanes, step)
  seeWorkflow(lanes, state)
  for (const cycle of cycles.values()) if (isOpenCycle(cycle) || lanes.stories.has(cycle.storyId)) seeCycle(lanes, state, cycle)
  seeApprovals(lanes, state)
  cutLanes(lanes)
  lanes.marks = marksOf(state).filter(({ at }) => at >= began)
  lanes.busy = state.minutes.map(([minute]) => [minute * MINUTE_MS, (minute + 1) * MINUTE_MS] as const)
  return lanes
}

const NOBODY = (state: ProjectState): ProjectState => ({
  ...state,
  cycles: new Map(),
  agents: new Map(),
  approvals: new Map(),
  workflow: { ...state.workflow, enteredAt: undefined },
})

function takeStep(lanes: Lanes, { machine, storyId, to, at, isUnexpected }: Transition) {
  const known = machine === 'workflow' ? lanes.workflow : lanes.stories.get(storyId ?? '')
  if (machine === 'tdd' && storyId === undefined) return
  const lane: Lane = known ?? emptyLane(storyId ?? '', (lanes.lanesMade += 1))
  const last = lane.bars.at(-1)
  if (last?.state === to && last.end === undefined) return
  const next = withStay(lane, { state: to, since: at, end: machine === 'tdd' && to === 'commit' ? at : undefined, isUnexpected })
  if (machine === 'workflow') lanes.workflow = next
  else lanes.stories.set(next.key, next)
}

function marksOf({ errors, ci, approvals, decisions, commands }: ProjectState): Mark[] {
  const mark = (
    kind: Mark['kind'],
    { at, offset }: { at: number; offset: number },
    said: { text: string; storyId?: string | undefined },
  ) => ({
    ...{ kind, at, offset, text: said.text, storyId: said.storyId },
  })
  return [
    ...[...errors.values()].map((error) => mark('error', error, { text: error.message })),
    ...(ci ? [mark(CI[ci.status], ci, { text: ci.detail ?? '', storyId: ci.storyId })] : []),
    ...[...approvals.values()].map((asked) =>
      mark('asked', { ...asked, at: asked.requestedAt }, { text: asked.title, storyId: asked.storyId }),
    ),
    ...[...decisions].map(([id, decided]) => mark(DECIDED[decided.decision], decided, { text: decided.by ?? id })),
    ...[...commands.values()].map((run) =>
      mark(/failed|cancelled/.test(run.status) ? 'command_failed' : 'command', run, { text: run.command }),
    ),
  ].toSorted((one, other) => one.at - other.at)
}

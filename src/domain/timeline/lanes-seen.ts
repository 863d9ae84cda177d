import { bounded } from '../bounded.ts'
import { emptyLane, type Lane, type Lanes, laneWorth, withAsk, withEnd, withStay, withWorker } from './lane.ts'
import type { Agent, Approval, Cycle, ProjectState } from '../project/project-state.ts'
import { isOpenCycle } from '../project/tdd-machine.ts'

/* Takes lanes from a state; taking the same state twice changes nothing. Call `cutLanes` afterwards. */

const LANES_KEPT = 200
const LANES_MOST = 1_000

const KINDS = ['stories', 'agents'] as const
type KeyedLanes = (typeof KINDS)[number]

/** Takes everything of a state. */
export function seeAll(lanes: Lanes, now: ProjectState) {
  seeWorkflow(lanes, now)
  for (const cycle of now.cycles.values()) seeCycle(lanes, now, cycle)
  for (const agent of now.agents.values()) seeAgent(lanes, agent)
  seeApprovals(lanes, now)
}

/** Takes the workflow's state. */
export function seeWorkflow(lanes: Lanes, { workflow: { state, enteredAt } }: ProjectState) {
  if (enteredAt !== undefined) lanes.workflow = withStay(lanes.workflow, { state, since: enteredAt, end: undefined })
}

/** Takes a story's phase and who works in it. */
export function seeCycle(lanes: Lanes, now: ProjectState, cycle: Cycle | undefined) {
  if (!cycle) return
  const { storyId, state, enteredAt: since, isUnexpected } = cycle
  const end = isOpenCycle(cycle) ? undefined : (cycle.completedAt ?? since)
  if (end !== undefined && end < lanes.from) return
  const lane = withStay(laneOf(lanes, lanes.stories, storyId), { state, since, end, isUnexpected })
  keepLane(
    lanes,
    'stories',
    withWorker(lane, () => workerOf(now, storyId)),
  )
}

function workerOf({ agents }: ProjectState, storyId: string): string | undefined {
  for (const agent of agents.values()) if (agent.storyId === storyId && agent.status === 'working') return agent.agentId
  return undefined
}

/** Takes an agent's status. */
export function seeAgent(lanes: Lanes, agent: Agent | undefined) {
  if (!agent) return
  const { agentId, status: state, since, storyId } = agent
  const known = lanes.agents.get(agentId)
  if (state === 'ended') {
    if (known) keepLane(lanes, 'agents', withEnd(known, since))
    return
  }
  const lane = withStay(known ?? laneOf(lanes, lanes.agents, agentId), { state, since, end: undefined })
  keepLane(lanes, 'agents', state === 'idle' ? lane : withWorker(lane, () => storyId))
  const story = storyId === undefined || state !== 'working' ? undefined : lanes.stories.get(storyId)
  if (story)
    keepLane(
      lanes,
      'stories',
      withWorker(story, () => agentId),
    )
}

/** Takes open questions, which stand over their story. */
export function seeApprovals(lanes: Lanes, { approvals, decisions, lastEventAt }: ProjectState) {
  const changed = [...lanes.open.values()].filter(({ approvalId }) => !approvals.has(approvalId))
  for (const { approvalId, ...approval } of changed) {
    const end = decisions.get(approvalId)?.at ?? lastEventAt ?? approval.requestedAt
    seeAsk(lanes, { ...approval, approvalId }, Math.min(end, approval.expiresAt ?? Infinity))
  }
  for (const approval of approvals.values()) if (!lanes.open.has(approval.approvalId)) seeAsk(lanes, approval, undefined)
  lanes.open = new Map(approvals)
}

function seeAsk(lanes: Lanes, { storyId, approvalId, requestedAt: start, agentId: by }: Approval, end: number | undefined) {
  if (storyId === undefined) return
  keepLane(lanes, 'stories', withAsk(laneOf(lanes, lanes.stories, storyId), { approvalId, start, end, by }))
}

function laneOf(lanes: Lanes, all: ReadonlyMap<string, Lane>, key: string): Lane {
  const known = all.get(key)
  if (known) return known
  lanes.lanesMade += 1
  return emptyLane(key, lanes.lanesMade)
}

function keepLane(lanes: Lanes, kind: KeyedLanes, lane: Lane) {
  lanes[kind].set(lane.key, lane)
  lanes.forgotten[kind].delete(lane.key)
}

/** Removes finished lanes first, then those that moved least lately; their keys are kept, so that each counts once. */
export function cutLanes(lanes: Lanes): void {
  for (const kind of KINDS) {
    const all = lanes[kind]
    if (all.size <= LANES_KEPT) continue
    const bound = { limit: LANES_KEPT, most: LANES_MOST, worthOf: laneWorth, ageOf: ({ movedAt }: Lane) => movedAt }
    for (const { key, bars, movedAt } of bounded([...all.values()], bound).left) {
      all.delete(key)
      lanes.forgotten[kind].set(key, bars.at(-1)?.end === undefined && bars.length > 0 ? Infinity : movedAt)
    }
  }
}

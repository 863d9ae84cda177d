import { agentIdOf } from '../project/agent.ts'
import type { StoredEvent } from '../events/event.ts'
import { emptyLane, type Lanes, trimmed } from './lane.ts'
import { bounded, newest } from '../bounded.ts'
import { markOf, markWorth } from './lane-marks.ts'
import { cutLanes, seeAgent, seeAll, seeApprovals, seeCycle, seeWorkflow } from './lanes-seen.ts'
import { foldEach } from '../project/project.ts'
import type { ProjectState } from '../project/project-state.ts'

const MARKS_KEPT = 400
const PAUSES = 240

/** The lanes at the beginning of a window. */
export function openLanes(state: ProjectState, { from, windowMs }: { from: number; windowMs: number }): Lanes {
  const nothing = { stories: new Map(), agents: new Map(), marks: [], busy: [], unread: 0, open: new Map(), lanesMade: 1 }
  const forgotten = { stories: new Map(), agents: new Map() }
  const lanes: Lanes = { state, from, workflow: emptyLane('workflow', 0), pauseMs: windowMs / PAUSES, ...nothing, forgotten }
  seeAll(lanes, state)
  cutLanes(lanes)
  return lanes
}

/** Adds the next events; known ones are ignored. Ends early where `isEnough` says so. */
export function foldLanes(lanes: Lanes, events: readonly StoredEvent[], isEnough?: () => boolean): void {
  lanes.state = foldEach(lanes.state, events, (now, event) => {
    see(lanes, now, event)
    cutLanes(lanes)
    return isEnough?.() ?? false
  })
}

/** Adds a later state without the events between: shorter stays are lost. */
export function jumpTo(lanes: Lanes, state: ProjectState): void {
  if (state.offset <= lanes.state.offset) return
  lanes.unread += state.offset - lanes.state.offset
  const at = state.lastEventAt ?? lanes.from
  const before = lanes.state.lastEventAt ?? at
  lanes.busy = newest([...lanes.busy, [Math.max(before, lanes.from), at] as const], 2 * PAUSES)
  lanes.state = state
  seeAll(lanes, state)
  cutLanes(lanes)
}

/** Adds the next events up to a known state, and shares its memory. Files may be cut in events but not in the state. */
export function followTo(lanes: Lanes, events: readonly StoredEvent[], state: ProjectState): void {
  foldLanes(lanes, events)
  lanes.state = state
  if (!events.some(({ type }) => type === 'state_file')) return
  seeAll(lanes, state)
  cutLanes(lanes)
}

/** Removes what ended before an instant. */
export function trimLanes(lanes: Lanes, before: number): void {
  lanes.from = Math.max(lanes.from, before)
  lanes.workflow = trimmed(lanes.workflow, before)
  for (const [all, gone] of [
    [lanes.stories, lanes.forgotten.stories],
    [lanes.agents, lanes.forgotten.agents],
  ] as const) {
    for (const [key, endedAt] of gone) if (endedAt < before) gone.delete(key)
    for (const [key, lane] of all) {
      const left = trimmed(lane, before)
      if (left.bars.length + left.asks.length === 0) all.delete(key)
      else all.set(key, left)
    }
  }
  if (lanes.marks.some(({ at }) => at < before)) lanes.marks = lanes.marks.filter(({ at }) => at >= before)
  if (lanes.busy.some(([, last]) => last < before)) lanes.busy = lanes.busy.filter(([, last]) => last >= before)
}

function see(lanes: Lanes, now: ProjectState, event: StoredEvent) {
  seeMoment(lanes, event)
  switch (event.type) {
    case 'workflow_transition':
      return seeWorkflow(lanes, now)
    case 'tdd_transition':
    case 'tdd_cycle_started':
    case 'tdd_progress_update':
    case 'tdd_cycle_completed':
      return seeCycle(lanes, now, now.cycles.get(event.story_id))
    case 'agent_activity':
      return seeAgent(lanes, agentOf(now, event))
    case 'agent_status':
      if (event.status === 'ended') for (const agent of now.agents.values()) seeAgent(lanes, agent)
      return seeAgent(lanes, agentOf(now, event))
    case 'approval_requested':
      seeAgent(lanes, agentOf(now, event))
      return seeApprovals(lanes, now)
    case 'approval_resolved':
      seeAgent(lanes, now.agents.get(lanes.open.get(event.approval_id)?.agentId ?? ''))
      return seeApprovals(lanes, now)
    case 'state_file':
      return seeAll(lanes, now)
    default:
      return undefined
  }
}

const agentOf = ({ agents }: ProjectState, event: Parameters<typeof agentIdOf>[0]) => agents.get(agentIdOf(event) ?? '')

function seeMoment(lanes: Lanes, event: StoredEvent) {
  const at = event.received_at
  const last = lanes.busy.at(-1)
  if (last && at - last[1] <= lanes.pauseMs) lanes.busy = [...lanes.busy.slice(0, -1), [last[0], at]]
  else lanes.busy = [...lanes.busy, [at, at]]
  const mark = markOf(event)
  if (!mark) return
  const marks = [...lanes.marks, mark]
  lanes.marks = marks.length > MARKS_KEPT ? bounded(marks, { limit: MARKS_KEPT, worthOf: markWorth }).kept : marks
}

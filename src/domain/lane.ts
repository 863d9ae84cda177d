import { type Draft, keepNewest, writableAgentLanes, writableStoryLanes } from './draft.ts'
import type { Agent, Cycle } from './project-state.ts'

/** A time in one phase or status; `to` is undefined while it lasts. Instants in ms. */
export type Span = { state: string; from: number; to: number | undefined }

/** What a story or an agent went through, oldest first: a row of the timeline. */
export type Lane = readonly Span[]

/** Stories and agents with a lane each: those that moved last. */
const LANES_KEPT = 200
/** Of each lane. Two hundred full ones are as large as the rest of a large state. */
const SPANS_KEPT = 40
const KEPT_MS = 24 * 3_600_000

/** Statuses that take time of an agent: between them it does nothing. */
const BUSY = new Set(['working', 'needs_input', 'waiting', 'failed'])

/** Adds what a cycle went through. A committed or completed one takes no more time. */
export function drawCycle(draft: Draft, { storyId, state, enteredAt, completedAt, lastEventAt }: Cycle) {
  const isOver = completedAt !== undefined || state === 'commit'
  const known = draft.next.storyLanes.get(storyId)
  const lane = laneAfter(known, { state, from: enteredAt, to: isOver ? (completedAt ?? lastEventAt) : undefined })
  if (lane !== known) keepLane(writableStoryLanes(draft), storyId, lane)
}

/** Adds what an agent does; one that is idle or ended leaves a gap. */
export function drawAgent(draft: Draft, { agentId, status, since }: Agent) {
  const known = draft.next.agentLanes.get(agentId)
  const lane = BUSY.has(status) ? laneAfter(known, { state: status, from: since, to: undefined }) : ended(known, since)
  if (lane !== undefined && lane !== known) keepLane(writableAgentLanes(draft), agentId, lane)
}

/** The same lane where nothing new is told: most events move nothing. */
function laneAfter(known: Lane | undefined, span: Span): Lane {
  const last = known?.at(-1)
  if (known === undefined || last === undefined) return [span]
  if (last.state === span.state && last.to === span.to) return known
  if (last.state === span.state && (last.to === undefined || last.from === span.from))
    return [...known.slice(0, -1), { ...last, to: span.to }]
  return bounded([...(ended(known, span.from) ?? []), span])
}

function ended(known: Lane | undefined, at: number): Lane | undefined {
  const last = known?.at(-1)
  if (known === undefined || last === undefined || last.to !== undefined) return known
  // The clock of a file may lie before the last step that was heard.
  return [...known.slice(0, -1), { ...last, to: Math.max(last.from, at) }]
}

function bounded(lane: Lane): Lane {
  const oldest = (lane.at(-1)?.from ?? 0) - KEPT_MS
  return lane.filter(({ to }) => to === undefined || to >= oldest).slice(-SPANS_KEPT)
}

/** Those that moved last stand last, and stay longest. */
function keepLane(lanes: Map<string, Lane>, key: string, lane: Lane) {
  lanes.delete(key)
  lanes.set(key, lane)
  keepNewest(lanes, LANES_KEPT)
}

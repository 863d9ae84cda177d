import type { Lane } from './lane.ts'
import type { Agent, ProjectState } from '../project/project-state.ts'
import { agentWordAt, type Looked } from '../project/words-at.ts'

export const SILENT = 'silent'

/** Keeps the same lane object while nothing changed, so that it is sent once. */
const drawn = new WeakMap<Lane, Lane>()
const drawnAsks = new WeakMap<Lane, Lane>()

/** An agent's lane at an instant: silence writes no event, so stale work ends where it was heard last. */
export function withSilence(lane: Lane, agent: Agent | undefined, looked: Looked): Lane {
  const last = lane.bars.at(-1)
  if (!agent || last?.state !== 'working' || last.end !== undefined) return lane
  const { word, since } = agentWordAt(agent, looked)
  if (word !== 'stale') return lane
  const known = drawn.get(lane)
  const start = Math.max(since, last.start)
  if (known?.bars.at(-1)?.start === start) return known
  const silence = { ...last, state: SILENT, start, since: start, number: lane.had, isUnexpected: false }
  const silent = { ...lane, bars: [...lane.bars.slice(0, -1), { ...last, end: start }, silence] }
  drawn.set(lane, silent)
  return silent
}

/** A story's lane at an instant: expired questions end at their expiry. */
export function withExpiries(lane: Lane, approvals: ProjectState['approvals'], now: number): Lane {
  const endOf = ({ approvalId, end, start }: Lane['asks'][number]) => {
    const expiresAt = approvals.get(approvalId)?.expiresAt
    return end === undefined && expiresAt !== undefined && expiresAt <= now ? Math.max(start, expiresAt) : end
  }
  if (lane.asks.every((ask) => endOf(ask) === ask.end)) return lane
  const known = drawnAsks.get(lane)
  if (known?.asks.every(({ end }, index) => lane.asks.map(endOf)[index] === end)) return known
  const expired = { ...lane, asks: lane.asks.map((ask) => ({ ...ask, end: endOf(ask) })) }
  drawnAsks.set(lane, expired)
  return expired
}

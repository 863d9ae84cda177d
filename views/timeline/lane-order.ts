import { bounded } from '../../src/domain/bounded.ts'
import { type Lane, type Lanes, laneWorth } from '../../src/domain/timeline/lane.ts'
import { withExpiries, withSilence } from '../../src/domain/timeline/lane-at.ts'
import type { Looked } from '../../src/domain/project/words-at.ts'
import type { Agent, ProjectState } from '../../src/domain/project/project-state.ts'
import { agentTree } from '../agent/agent-tree.ts'
import type { Axis } from './axis.ts'
import { isWithin } from './drawn-bars.ts'
import type { TimelineQuery } from './query.ts'

export type PlacedLane = { lane: Lane; name: string; detail: string | undefined; depth: number }

const LANES_SHOWN = 60

type Wish = { by: TimelineQuery['by']; axis: Axis; most?: number; looked: Looked }

/** The lanes to draw: of too many those that wait or failed, then those that moved last; stories in the order in which they began, agents as a tree. */
export function placedLanes(lanes: Lanes, { by, axis, most = LANES_SHOWN, looked }: Wish): { shown: PlacedLane[]; more: number } {
  const { approvals, agents: known } = lanes.state
  const all =
    by === 'story'
      ? Array.from(lanes.stories.values(), (lane) => withExpiries(lane, approvals, looked.now))
      : Array.from(lanes.agents.values(), (lane) => withSilence(lane, known.get(lane.key), looked))
  const within = all.filter((lane) => isWithin(lane, axis))
  const { kept, left } = bounded(within, { limit: most, worthOf: laneWorth, ageOf: lastOf })
  const shown = by === 'story' ? stories(kept, lanes.state) : agents(kept, lanes.state)
  return { shown, more: left.length + lanes.forgotten[by === 'story' ? 'stories' : 'agents'].size }
}

/** What goes on is as new as it gets. */
const lastOf = ({ movedAt, bars }: Lane) => (bars.at(-1)?.end === undefined ? movedAt + 1 : movedAt)
const firstOf = ({ bars, asks }: Lane) => Math.min(bars[0]?.start ?? Infinity, asks[0]?.start ?? Infinity)

function stories(kept: readonly Lane[], { cycles, backlog }: ProjectState): PlacedLane[] {
  const titles = new Map(backlog?.stories.map(({ id, title }) => [id, title]))
  return kept
    .toSorted((one, other) => firstOf(one) - firstOf(other) || one.number - other.number)
    .map((lane) => {
      const title = cycles.get(lane.key)?.title ?? titles.get(lane.key)
      return { lane, name: title ?? lane.key, detail: title === undefined ? undefined : lane.key, depth: 0 }
    })
}

/** Below those who started them; one that is known no more stands at the end. */
function agents(kept: readonly Lane[], state: ProjectState): PlacedLane[] {
  const byId = new Map(kept.map((lane) => [lane.key, lane]))
  const known = new Map<string, Agent>()
  for (const { key } of kept) {
    const agent = state.agents.get(key)
    if (agent) known.set(key, agent)
  }
  const tree = agentTree(known).flatMap(({ agent, depth }) => {
    const lane = byId.get(agent.agentId)
    byId.delete(agent.agentId)
    const detail = agent.agentType === agent.agentId ? undefined : agent.agentId
    return lane ? [{ lane, name: agent.agentType, detail, depth }] : []
  })
  return [...tree, ...[...byId.values()].map((lane) => ({ lane, name: lane.key, detail: undefined, depth: 0 }))]
}

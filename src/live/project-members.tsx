import type { Agent, Cycle, ProjectState } from '../domain/project-state.ts'
import { domId } from '../../views/dom-id.ts'
import { AgentRow } from '../../views/fragments/agent-row.tsx'
import { Agents, AgentsHead, drawnAgents, presentAgents } from '../../views/fragments/agents.tsx'
import { Board, boardColumns } from '../../views/fragments/board.tsx'
import { CycleCard } from '../../views/fragments/cycle-card.tsx'
import { replace } from './frame.ts'
import type { Place } from './project-page.tsx'

/*
 * Lists whose members change one at a time: the member alone is sent, and the list only when somebody came, went or
 * moved: then with stubs for the members that did not change. Without a state before, the whole list.
 */

/** What of the board must be sent after a change. A card also shows the agents, questions and tests of its story. */
export function boardParts(was: ProjectState | undefined, is: ProjectState, at: Place): string[] {
  if (!was) return [replace('board', <Board {...at} state={is} />)]
  const cycles = changedKeys(was.cycles, is.cycles)
  const stories = new Set([
    ...cycles,
    ...storiesOf(was.agents, is.agents),
    ...storiesOf(was.approvals, is.approvals),
    ...storiesOf(was.cycleFiles, is.cycleFiles),
  ])
  if (cycles.some((id) => hasMoved(was.cycles.get(id), is.cycles.get(id)))) {
    return [replace('board', <Board {...at} state={is} kept={new Set(cardsOn(was).filter((id) => !stories.has(id)))} />)]
  }
  return [...stories].flatMap((id) => {
    const cycle = is.cycles.get(id)
    return cycle ? [replace(domId('cycle', id), <CycleCard {...at} cycle={cycle} state={is} />)] : []
  })
}

/** Whether a card stands elsewhere: another column, another place in it, or not there. */
const hasMoved = (was: Cycle | undefined, is: Cycle | undefined): boolean =>
  was?.state !== is?.state || was?.enteredAt !== is?.enteredAt || was?.completedAt !== is?.completedAt

const cardsOn = (state: ProjectState): string[] =>
  boardColumns(state).flatMap(({ shown, folded }) => [...shown, ...folded].map(({ storyId }) => storyId))

/** What of the agents must be sent after a change. */
export function agentParts(was: ProjectState | undefined, is: ProjectState, at: Place): string[] {
  if (!was) return [replace('agents', <Agents {...at} state={is} />)]
  const changed = changedKeys(was.agents, is.agents)
  if (changed.length === 0) return was.usage === is.usage ? [] : [replace('agents-head', <AgentsHead state={is} />)]
  if (changed.some((id) => hasOtherPlace(was.agents.get(id), is.agents.get(id)))) {
    return [replace('agents', <Agents {...at} state={is} kept={sameLines(was, is)} />)]
  }
  const names = new Set(changed)
  const rows = presentAgents(is.agents).filter(({ agent }) => names.has(agent.agentId))
  const head = replace('agents-head', <AgentsHead state={is} />)
  return [head, ...rows.map((line) => replace(domId('agent', line.agent.agentId), <AgentRow {...at} line={line} />))]
}

const hasOtherPlace = (was: Agent | undefined, is: Agent | undefined): boolean =>
  !was || !is || was.parentId !== is.parentId || (was.status === 'ended') !== (is.status === 'ended')

/** Agents whose line is drawn as it was: an agent that did not change may have got another neighbour, and so other rails. */
function sameLines(was: ProjectState, is: ProjectState): Set<string> {
  const before = new Map(drawnAgents(was.agents).map((line) => [line.agent, line]))
  const same = drawnAgents(is.agents).filter((line) => {
    const other = before.get(line.agent)
    return other?.isLast === line.isLast && other.rails.join() === line.rails.join()
  })
  return new Set(same.map(({ agent }) => agent.agentId))
}

/** Keys whose value was added, replaced or removed. Values are compared by reference: a fold replaces what changed. */
function changedKeys<V>(was: ReadonlyMap<string, V>, is: ReadonlyMap<string, V>): string[] {
  if (was === is) return []
  const changed = [...is.keys()].filter((key) => was.get(key) !== is.get(key))
  for (const key of was.keys()) if (!is.has(key)) changed.push(key)
  return changed
}

type OfStory = { storyId: string | undefined }

function storiesOf<V extends OfStory>(was: ReadonlyMap<string, V>, is: ReadonlyMap<string, V>): string[] {
  return changedKeys(was, is).flatMap((key) => [was.get(key)?.storyId, is.get(key)?.storyId].filter((id) => id !== undefined))
}

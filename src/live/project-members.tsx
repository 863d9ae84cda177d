import type { ProjectState } from '../domain/project-state.ts'
import { domId } from '../../views/dom-id.ts'
import { AgentRow } from '../../views/fragments/agent-row.tsx'
import { Agents, AgentsHead, type ListedAgents, listedAgents } from '../../views/fragments/agents.tsx'
import type { AgentLine } from '../../views/agent-tree.ts'
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
  const [before, after] = cycles.length === 0 ? [] : [boardColumns(was), boardColumns(is)]
  if (before && after && cardPlaces(before) !== cardPlaces(after)) {
    return [replace('board', <Board {...at} state={is} kept={new Set(cardsOn(before).filter((id) => !stories.has(id)))} />)]
  }
  return [...stories].flatMap((id) => {
    const cycle = is.cycles.get(id)
    return cycle ? [replace(domId('cycle', id), <CycleCard {...at} cycle={cycle} state={is} />)] : []
  })
}

type Columns = ReturnType<typeof boardColumns>

const cardsOn = (columns: Columns): string[] => columns.flatMap(({ shown, folded }) => [...shown, ...folded].map(({ storyId }) => storyId))

/** Which cards stand where, and how many are not drawn. */
const cardPlaces = (columns: Columns): string =>
  JSON.stringify(columns.map((column) => [column.phase, column.total, column.foldedTotal, column.shown.length, cardsOn([column])]))

/** What of the agents must be sent after a change. */
export function agentParts(was: ProjectState | undefined, is: ProjectState, at: Place): string[] {
  if (!was) return [replace('agents', <Agents {...at} state={is} />)]
  const changed = changedKeys(was.agents, is.agents)
  if (changed.length === 0) return was.usage === is.usage ? [] : [replace('agents-head', <AgentsHead state={is} />)]
  const [before, after] = [listedAgents(was.agents), listedAgents(is.agents)]
  // An agent that did not change may have got another neighbour, and so other rails.
  const drawn = new Map(linesOf(before).map((line) => [line.agent, placeOf(line)]))
  const isAsItWas = (line: AgentLine) => drawn.get(line.agent) === placeOf(line)
  if (placesOf(before) !== placesOf(after)) {
    const kept = new Set(linesOf(after).flatMap((line) => (isAsItWas(line) ? [line.agent.agentId] : [])))
    return [replace('agents', <Agents {...at} state={is} kept={kept} />)]
  }
  const rows = linesOf(after).filter((line) => !isAsItWas(line))
  const head = replace('agents-head', <AgentsHead state={is} />)
  return [head, ...rows.map((line) => replace(domId('agent', line.agent.agentId), <AgentRow {...at} line={line} />))]
}

const linesOf = ({ present, ended }: ListedAgents): AgentLine[] => [...present, ...ended]
const placeOf = ({ rails, isLast }: AgentLine): string => `${rails.map(Number).join('')} ${isLast}`

/** Which agents stand where, and how many are not drawn. */
const placesOf = (listed: ListedAgents): string =>
  JSON.stringify([
    ...[listed.more, listed.endedCount, listed.present.length],
    ...linesOf(listed).map((line) => [line.agent.agentId, placeOf(line)]),
  ])

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

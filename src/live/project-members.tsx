import type { Cycle, ProjectState } from '../domain/project/project-state.ts'
import { agentWordAt, type Looked, storyWordAt } from '../domain/project/words-at.ts'
import { domId } from '../../views/atoms/dom-id.ts'
import { AgentRow } from '../../views/agent/agent-row.tsx'
import type { AgentLine } from '../../views/agent/agent-tree.ts'
import { Agents, AgentsHead, drawnAgents, moreWords } from '../../views/agent/agents.tsx'
import { Board, boardColumns } from '../../views/project/board.tsx'
import { CycleCard } from '../../views/project/cycle-card.tsx'
import { replace } from './frame.ts'

/** What a part is drawn for: the project, and the moment by which ages are told. */
export type Place = Looked & { project: string; isFixed?: boolean | undefined }

/*
 * Lists whose members change one at a time: the member alone is sent, and the list only when somebody came, went or
 * moved: then with stubs for the members that did not change.
 */

/** Two looks at a page: what was shown, and what is now. Without an event words change, too: somebody fell silent. */
export type Looks = { was: ProjectState; is: ProjectState; wasAt: Looked; isAt: Looked; isDue: boolean }

/** All of the lists, for a page that knows nothing of them. */
export const allMembers = (state: ProjectState, at: Place): string[] => [
  replace('board', <Board {...at} state={state} />),
  replace('agents', <Agents {...at} state={state} />),
]

/** What of the board must be sent after a change. A card also shows the agents, questions and tests of its story. */
export function boardParts(looks: Looks, at: Place): string[] {
  const { was, is } = looks
  const cycles = changedKeys(was.cycles, is.cycles)
  const stories = new Set([
    ...cycles,
    ...storiesOf(was.agents, is.agents),
    ...storiesOf(was.approvals, is.approvals),
    ...storiesOf(was.cycleFiles, is.cycleFiles),
    ...agedStories(looks),
  ])
  const isOrdered = cycles.length > 0 || (stories.size > 0 && is.cycles.size > BOARD_ORDERED)
  const [before, after] = isOrdered ? [boardColumns(was), boardColumns(is)] : []
  if (before && after && cardPlaces(before) !== cardPlaces(after)) {
    return [replace('board', <Board {...at} state={is} kept={new Set(cardsOn(before).filter((id) => !stories.has(id)))} />)]
  }
  return [...stories].flatMap((id) => {
    const cycle = is.cycles.get(id)
    return cycle ? [replace(domId('cycle', id), <CycleCard {...at} cycle={cycle} state={is} />)] : []
  })
}

/** With fewer stories no column is so long that it puts those first that somebody waits for. */
const BOARD_ORDERED = 30

/** Stories whose word is another one although nothing of their own changed: by silence, or by the orchestrator's word on all of them. */
function agedStories({ was, is, wasAt, isAt, isDue }: Looks): string[] {
  if (!isDue && was.parallel === is.parallel && was.workflow.state === is.workflow.state) return []
  const isAged = (cycle: Cycle) => {
    const [before, after] = [storyWordAt(was, cycle, wasAt), storyWordAt(is, cycle, isAt)]
    return before.word !== after.word || before.since !== after.since
  }
  return [...is.cycles.values()].filter(isAged).map(({ storyId }) => storyId)
}

type Columns = ReturnType<typeof boardColumns>

const cardsOn = (columns: Columns): string[] => columns.flatMap(({ shown, folded }) => [...shown, ...folded].map(({ storyId }) => storyId))

/** Which cards stand where, and how many are not drawn. */
const cardPlaces = (columns: Columns): string =>
  JSON.stringify(
    columns.map((column) => [column.phase, column.others, column.total, column.foldedTotal, column.shown.length, cardsOn([column])]),
  )

/** What of the agents must be sent after a change. */
export function agentParts({ was, is, wasAt, isAt, isDue }: Looks, at: Place): string[] {
  const all = isDue ? [...is.agents.values()] : []
  const silent = all.filter((agent) => agentWordAt(agent, wasAt).word !== agentWordAt(agent, isAt).word)
  const changed = new Set([...changedKeys(was.agents, is.agents), ...silent.map(({ agentId }) => agentId)])
  const head = replace('agents-head', <AgentsHead {...isAt} state={is} />)
  const counted = was.usage === is.usage ? [] : [head]
  if (changed.size === 0 && !isDue) return counted
  const [before, after] = [linesOf(was, wasAt), linesOf(is, isAt)]
  if (before.map(placeOf).join(' ') !== after.map(placeOf).join(' ')) {
    return [replace('agents', <Agents {...at} state={is} kept={sameLines(before, after, changed)} />)]
  }
  const rows = after.filter(({ agent }) => changed.has(agent.agentId))
  if (changed.size === 0) return counted
  return [head, ...rows.map((line) => replace(domId('agent', line.agent.agentId), <AgentRow {...at} line={line} />))]
}

/** Every line that is drawn, those that are folded away with them, and how many are not. */
function linesOf({ agents }: ProjectState, looked: Looked): DrawnLine[] {
  const { shown, left, silent, ended } = drawnAgents(agents, looked)
  const within = (list: string, lines: readonly AgentLine[]) => lines.map((line) => ({ ...line, list }))
  return [
    ...within(`shown ${moreWords(left, looked)}`, shown),
    ...within(`silent ${silent.total}`, silent.lines),
    ...within(`ended ${ended.total}`, ended.lines),
  ]
}

type DrawnLine = AgentLine & { list: string }

const placeOf = ({ agent, list, rails, isLast }: DrawnLine) => [list, agent.agentId, rails.join(), isLast].join()

/** Agents whose line is drawn as it was: an agent that did not change may have got another neighbour, and so other rails. */
function sameLines(before: readonly DrawnLine[], after: readonly DrawnLine[], changed: ReadonlySet<string>): Set<string> {
  const was = new Map(before.map((line) => [line.agent.agentId, line]))
  const same = after.filter((line) => {
    const other = was.get(line.agent.agentId)
    return !changed.has(line.agent.agentId) && other?.isLast === line.isLast && other.rails.join() === line.rails.join()
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

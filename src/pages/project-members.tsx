import type { Cycle, ProjectState } from '../domain/project/project-state.ts'
import { agentsAtWork } from '../domain/summary/liveness.ts'
import { agentWordAt, type Looked, storyWordAt } from '../domain/project/words-at.ts'
import { domId } from '../../views/atoms/dom-id.ts'
import { AgentRow } from '../../views/agent/agent-row.tsx'
import type { AgentLine } from '../../views/agent/agent-tree.ts'
import { Agents, AgentsHead, drawnAgents, moreWords } from '../../views/agent/agents.tsx'
import { Board, boardColumns } from '../../views/project/board.tsx'
import { CycleCard } from '../../views/project/cycle-card.tsx'
import { CompactTimeline, compactView, isEmpty, wordsOf } from '../../views/timeline/compact.tsx'
import { LaneRow, laneId } from '../../views/timeline/lane-row.tsx'
import { MarksRow } from '../../views/timeline/marks-row.tsx'
import { workflowLane } from '../../views/timeline/timeline.tsx'
import type { TimelineView } from '../../views/timeline/view.ts'
import { replace } from '../live/frame.ts'
import type { Looks, PageSection, Shown } from '../live/live-page.ts'

/** The project, and the moment for its ages. */
type Place = Looked & { project: string }
const lookedAt = ({ project, summary: { staleMinutes } }: Shown, now: number): Place => ({ project: project.name, now, staleMinutes })

/** A card also shows its story's agents, questions and tests. */
export const boardSection: PageSection<'board'> = {
  id: 'board',
  ages: true,
  reads: ({ view: { state } }) => [state.cycles, state.agents, state.approvals, state.cycleFiles, state.parallel, state.workflow.state],
  render: (shown, now) => <Board {...lookedAt(shown, now)} state={shown.view.state} />,
  members(looks) {
    const [was, is, at] = [looks.before.view.state, looks.after.view.state, lookedAt(looks.after, looks.now)]
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
      return replace('board', <Board {...at} state={is} unchanged={new Set(cardsOn(before).filter((id) => !stories.has(id)))} />)
    }
    const cards = [...stories].flatMap((id) => is.cycles.get(id) ?? [])
    return cards.map((cycle) => replace(domId('cycle', cycle.storyId), <CycleCard {...at} cycle={cycle} state={is} />)).join('')
  },
}

const BOARD_ORDERED = 30

/** Stories whose attention changed without an event of their own, by silence or by the orchestrator's state. */
function agedStories({ before, beforeAt, after, now, isDue }: Looks): string[] {
  const [was, is, wasAt, isAt] = [before.view.state, after.view.state, lookedAt(before, beforeAt), lookedAt(after, now)]
  if (!isDue && was.parallel === is.parallel && was.workflow.state === is.workflow.state) return []
  const isAged = (cycle: Cycle) => {
    const [before, after] = [storyWordAt(was, cycle, wasAt), storyWordAt(is, cycle, isAt)]
    return before.word !== after.word || before.since !== after.since
  }
  return [...is.cycles.values()].filter(isAged).map(({ storyId }) => storyId)
}

type Columns = ReturnType<typeof boardColumns>

const cardsOn = (columns: Columns): string[] => columns.flatMap(({ shown, folded }) => [...shown, ...folded].map(({ storyId }) => storyId))

const cardPlaces = (columns: Columns): string =>
  JSON.stringify(
    columns.map((column) => [column.phase, column.others, column.total, column.foldedTotal, column.shown.length, cardsOn([column])]),
  )

export const agentsSection: PageSection<'agents'> = {
  id: 'agents',
  ages: true,
  reads: ({ view: { state } }) => [state.agents, state.usage],
  render: (shown, now) => <Agents {...lookedAt(shown, now)} state={shown.view.state} />,
  members({ before, beforeAt, after, now, isDue }) {
    const [was, is, wasAt, isAt] = [before.view.state, after.view.state, lookedAt(before, beforeAt), lookedAt(after, now)]
    const all = isDue ? [...is.agents.values()] : []
    const silent = all.filter((agent) => agentWordAt(agent, wasAt).word !== agentWordAt(agent, isAt).word)
    const changed = new Set([...changedKeys(was.agents, is.agents), ...silent.map(({ agentId }) => agentId)])
    const head = replace('agents-head', <AgentsHead {...isAt} state={is} />)
    const counted = was.usage === is.usage ? '' : head
    if (changed.size === 0 && !isDue) return counted
    const [wasLines, isLines] = [linesOf(was, wasAt), linesOf(is, isAt)]
    if (wasLines.map(lineAt).join(' ') !== isLines.map(lineAt).join(' ')) {
      return replace('agents', <Agents {...isAt} state={is} unchanged={sameLines(wasLines, isLines, changed)} />)
    }
    if (changed.size === 0) return counted
    const rows = isLines.filter(({ agent }) => changed.has(agent.agentId))
    return head + rows.map((line) => replace(domId('agent', line.agent.agentId), <AgentRow {...isAt} line={line} />)).join('')
  },
}

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

const lineAt = ({ agent, list, rails, isLast }: DrawnLine) => [list, agent.agentId, rails.join(), isLast].join()

/** Agents whose lines look the same: a new neighbour may change the rails of an unchanged agent. */
function sameLines(before: readonly DrawnLine[], after: readonly DrawnLine[], changed: ReadonlySet<string>): Set<string> {
  const was = new Map(before.map((line) => [line.agent.agentId, line]))
  const same = after.filter((line) => {
    const other = was.get(line.agent.agentId)
    return !changed.has(line.agent.agentId) && other?.isLast === line.isLast && other.rails.join() === line.rails.join()
  })
  return new Set(same.map(({ agent }) => agent.agentId))
}

const workers = ({ agents }: ProjectState): string =>
  agentsAtWork(agents)
    .working.map(({ storyId = '', agentId }) => `${storyId}\n${agentId}`)
    .join('\n')

const lastHourOf = ({ project, view, at }: Shown, now: number) => ({
  project: project.name,
  state: view.state,
  now,
  isPast: at !== undefined,
})

/** Lanes that went on, while all keep their places; else the whole picture, without the patterns of its bars, which never change. */
export const timelineSection: PageSection<'timeline'> = {
  id: 'timeline',
  ages: true,
  reads: ({ view: { state } }) => [
    ...[state.transitions, state.cycles, state.workflow, state.approvals],
    ...[state.decisions, state.errors, state.ci, state.commands, workers(state)],
  ],
  render: (shown, now) => <CompactTimeline {...lastHourOf(shown, now)} />,
  members({ before, beforeAt, after, now, isDue }) {
    const [was, is] = [compactView(lastHourOf(before, beforeAt)), compactView(lastHourOf(after, now))]
    if (isDue || isEmpty(is) || placesOf(was) !== placesOf(is)) {
      return replace('timeline', <CompactTimeline {...lastHourOf(after, now)} hasFills={!isEmpty(was)} />)
    }
    const rows = is.shown
      .filter((placed, index) => !isSame(placed, was.shown[index]))
      .map((placed) => replace(laneId(placed.lane), <LaneRow view={is} placed={placed} kind="story" />))
    const workflow = workflowLane(is)
    if (!isSame(was.lanes.workflow, workflow.lane))
      rows.push(replace(laneId(workflow.lane), <LaneRow view={is} placed={workflow} kind="workflow" />))
    if (!isSame(was.lanes.marks, is.lanes.marks)) rows.push(replace('lane-marks', <MarksRow view={is} />))
    return rows.join('')
  },
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What all lanes depend on: the axis, and which lanes there are. */
const placesOf = (view: TimelineView): string =>
  JSON.stringify([isEmpty(view), wordsOf(view), view.axis.to, view.axis.stretches, view.shown.map(({ lane }) => lane.number)])

/** Keys with changed values, compared by reference, because a fold replaces what changed. */
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

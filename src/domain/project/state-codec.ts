import { isRecord } from '../events/loose-fields.ts'
import { emptyProject } from './project.ts'
import type { Backlog, Sprint } from './plans.ts'
import type { ProjectState, Workflow } from './project-state.ts'
import { emptyWorkflow } from './workflow.ts'

const MAPS = [
  ...(['cycles', 'agents', 'approvals', 'decisions', 'errors', 'sprints', 'cycleFiles', 'notices', 'commands', 'storyCosts'] as const),
  ...(['statusCycles', 'fileClocks', 'words', 'losses'] as const),
]

type Encoded = { [K in keyof ProjectState]: ProjectState[K] extends Map<infer Key, infer Value> ? [Key, Value][] : ProjectState[K] }
type EncodedState = Omit<Encoded, 'workflow'> & { workflow: EncodedWorkflow }
type EncodedWorkflow = Omit<Workflow, 'edges' | 'stays'> & {
  edges: [string, { count: number; isUnexpected: boolean }][]
  stays: [string, { count: number; ms: number }][]
}

/** The state as plain JSON data. */
export function plainState(state: ProjectState): EncodedState {
  const { workflow } = state
  return {
    ...state,
    workflow: { ...workflow, edges: [...workflow.edges], stays: [...workflow.stays] },
    cycles: [...state.cycles],
    agents: [...state.agents],
    approvals: [...state.approvals],
    decisions: [...state.decisions],
    errors: [...state.errors],
    sprints: [...state.sprints],
    cycleFiles: [...state.cycleFiles],
    notices: [...state.notices],
    commands: [...state.commands],
    storyCosts: [...state.storyCosts],
    statusCycles: [...state.statusCycles],
    fileClocks: [...state.fileClocks],
    words: [...state.words],
    losses: [...state.losses],
  }
}

/** A state as text, for snapshots. */
export function encodeState(state: ProjectState): string {
  return JSON.stringify(plainState(state))
}

const untimed = { stays: [] }
const unasked = { statusBefore: 'idle', asking: undefined, endSaid: undefined } as const
const unlisted = { said: undefined, asked: undefined, isListed: false }

/** The state that `encodeState` of any version wrote: a trimmed log begins with an old snapshot. Throws on anything else. */
export function decodeState(text: string): ProjectState {
  const encoded: unknown = JSON.parse(text)
  if (!isEncoded(encoded)) throw new Error('a snapshot holds no project state')
  const { workflow } = encoded
  return {
    ...emptyProject(),
    ...encoded,
    workflow: {
      ...emptyWorkflow(),
      ...workflow,
      changedAt: past(workflow.changedAt, encoded.lastEventAt),
      edges: new Map(workflow.edges),
      stays: new Map(workflow.stays),
    },
    cycles: new Map(encoded.cycles.map(([id, cycle]) => [id, { ...untimed, ...cycle }])),
    agents: new Map(encoded.agents.map(([id, agent]) => [id, { ...unasked, ...agent }])),
    approvals: new Map(encoded.approvals),
    decisions: new Map(encoded.decisions.map(([id, decision]) => [id, { ...unlisted, ...decision }])),
    errors: new Map(encoded.errors),
    backlog: encoded.backlog && withTotals(encoded.backlog),
    sprints: new Map(encoded.sprints.map(([id, sprint]) => [id, counted(sprint)])),
    cycleFiles: new Map(encoded.cycleFiles.map(([id, file]) => [id, { ...{ taskCount: file.tasks.length }, ...file }])),
    notices: new Map(encoded.notices),
    commands: new Map(encoded.commands),
    storyCosts: new Map(encoded.storyCosts),
    statusCycles: new Map(encoded.statusCycles),
    fileClocks: new Map(encoded.fileClocks),
    words: new Map(encoded.words),
    losses: new Map(encoded.losses),
  }
}

const past = (at: number | undefined, lastEventAt: number | undefined) =>
  at === undefined || lastEventAt === undefined ? at : Math.min(at, lastEventAt)

const counted = (sprint: Sprint): Sprint => ({ ...{ storyCount: sprint.storyIds.length }, ...sprint })

function withTotals(backlog: Backlog): Backlog {
  const { epics, stories, sprints } = backlog
  const done = stories.filter(({ status }) => status === 'done').length
  const totals = { epics: epics.length, stories: stories.length, done, sprints: sprints.length }
  return { ...{ totals, isCut: false }, ...backlog, sprints: sprints.map(counted) }
}

function isEncoded(value: unknown): value is EncodedState {
  if (!isRecord(value) || typeof value['offset'] !== 'number' || !isRecord(value['workflow'])) return false
  const { edges, stays } = value['workflow']
  return Array.isArray(edges) && Array.isArray(stays) && MAPS.every((key) => value[key] === undefined || Array.isArray(value[key]))
}

/** The SHA-256 (hex) of the state's canonical JSON. */
export function stateHash(state: ProjectState): string {
  return new Bun.CryptoHasher('sha256').update(canonicalJson(plainState(state))).digest('hex')
}

/** JSON with sorted keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner))
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)))
}

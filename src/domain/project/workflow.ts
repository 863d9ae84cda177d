import { type Draft, copyOnWrite, copyWorkflowOnWrite } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import type { Source, Transition, Workflow } from './project-state.ts'
import { keepMove } from './workflow-moves.ts'
import { isExpectedWorkflowStep } from './workflow-machine.ts'
import { bounded, keepNewest } from '../bounded.ts'

export const TRANSITIONS_KEPT = 50
const EDGES_KEPT = 64
/** States in which something is wrong; leaving them clears the errors. */
const TROUBLED = new Set(['ERROR', 'BLOCKED'])

type WorkflowStep = Pick<Transition, 'offset' | 'at' | 'timestamp' | 'from' | 'to' | 'source' | 'command' | 'by'>

/** The workflow of a new project. */
export function emptyWorkflow(): Workflow {
  const nothing = { enteredAt: undefined, changedAt: undefined, command: undefined, by: undefined }
  return { state: 'IDLE', offset: 0, ...nothing, hasTransition: false, edges: new Map(), stays: new Map(), moves: [] }
}

/** A reported transition always counts; an inferred one never contradicts it. */
export function foldWorkflowTransition(draft: Draft, event: StoredEventOf<'workflow_transition'>) {
  const { workflow } = draft.next
  if (event.inferred && workflow.hasTransition) return
  const source: Source = event.inferred ? 'inferred' : 'reported'
  const { offset, received_at: at, timestamp } = event
  const from = event.old_state ?? (workflow.enteredAt === undefined ? undefined : workflow.state)
  const told = { command: event.command ?? undefined, by: event.user ?? undefined }
  enterWorkflowState(draft, { offset, at, timestamp, from, to: event.new_state, source, ...told })
}

/** Moves the workflow to a state. Entering the same state again counts as a step but keeps its beginning. */
export function enterWorkflowState(draft: Draft, step: WorkflowStep) {
  const workflow = copyWorkflowOnWrite(draft)
  const isUnexpected = step.source === 'reported' && !isExpectedWorkflowStep(step.from, step.to)
  const { offset, at, timestamp, from, to, source, command, by } = step
  recordTransition(draft, { offset, at, timestamp, machine: 'workflow', storyId: undefined, from, to, source, isUnexpected, command, by })
  countEdge(workflow, step, isUnexpected)
  if (step.source === 'reported') workflow.hasTransition = true
  // A file is compared with what others reported last, not with its own words.
  if (step.source !== 'file') workflow.changedAt = step.at
  if (workflow.state === step.to && workflow.enteredAt !== undefined) return
  countStay(workflow, step)
  if (TROUBLED.has(workflow.state) && draft.next.errors.size > 0) copyOnWrite(draft, 'errors').clear()
  keepMove(workflow.moves, { offset: step.offset, at: step.at, to: step.to })
  workflow.state = step.to
  workflow.enteredAt = step.at
  workflow.offset = step.offset
  workflow.command = step.command
  workflow.by = step.by
}

/** Adds to the last 50 transitions of both machines. */
export function recordTransition(draft: Draft, transition: Transition) {
  const transitions = copyOnWrite(draft, 'transitions')
  transitions.push(transition)
  keepNewest(transitions, TRANSITIONS_KEPT)
}

function countEdge({ edges }: Workflow, { from, to }: WorkflowStep, isUnexpected: boolean) {
  if (from === undefined) return
  const key = `${from}>${to}`
  const known = edges.get(key)
  edges.set(key, { count: (known?.count ?? 0) + 1, isUnexpected })
  if (edges.size <= EDGES_KEPT) return
  const { left } = bounded([...edges], { limit: EDGES_KEPT, worthOf: ([, edge]) => (edge.isUnexpected ? 'mild' : 'on'), ageOf: countOf })
  for (const [edge] of left) edges.delete(edge)
}

const countOf = ([, { count }]: [string, { count: number }]) => count

function countStay({ stays, state, enteredAt }: Workflow, { to, at }: WorkflowStep) {
  const left = stays.get(state)
  if (left && enteredAt !== undefined) stays.set(state, { ...left, ms: left.ms + at - enteredAt })
  const entered = stays.get(to)
  stays.set(to, { count: (entered?.count ?? 0) + 1, ms: entered?.ms ?? 0 })
  if (stays.size <= EDGES_KEPT) return
  // The one that was just entered is where the workflow is.
  const beyond = bounded([...stays], {
    limit: EDGES_KEPT,
    worthOf: ([name]) => (name === to ? 'waits' : 'mild'),
    ageOf: ([, stay]) => stay.ms,
  })
  for (const [name] of beyond.left) stays.delete(name)
}

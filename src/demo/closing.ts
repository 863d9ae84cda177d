import { isRecord } from '../domain/events/loose-fields.ts'
import type { DemoReport } from './stage.ts'
import { isWorkflowState, wayHome, type DemoWorkflowState } from './workflow.ts'

type OpenThings = {
  workflow: DemoWorkflowState
  questions: Set<string>
  agents: Map<string, DemoReport>
  errors: Map<string, DemoReport>
  cycles: Map<string, DemoReport>
  sprints: Map<string, DemoReport>
  isCiOpen: boolean
}

/** Reports that end what is open: questions are withdrawn, agents end, the workflow rests. */
export function closing(reports: readonly DemoReport[]): DemoReport[] {
  const open: OpenThings = {
    workflow: 'IDLE',
    questions: new Set(),
    agents: new Map(),
    errors: new Map(),
    cycles: new Map(),
    sprints: new Map(),
    isCiOpen: false,
  }
  for (const report of reports) see(open, report)
  return [
    ...[...open.questions].map((id) => ({ type: 'approval_resolved', approval_id: id, decision: 'withdrawn', by: 'demo' })),
    ...[...open.errors.values()].map((error) => ({ ...error, resolved: true })),
    ...[...open.cycles.values()].map(({ story_id, cycle_id, new_state }) => ({
      type: 'tdd_transition',
      story_id,
      ...(cycle_id === undefined ? {} : { cycle_id }),
      old_state: new_state,
      new_state: 'commit',
    })),
    ...[...open.agents.values()].map(({ agent_id }) => ({ type: 'agent_status', agent_id, status: 'ended', reason: 'the demo is over' })),
    ...(open.isCiOpen ? [{ type: 'ci_status', status: 'passed' }] : []),
    ...[...open.sprints.values()].map((sprint) => ({ ...sprint, content: { ...asRecord(sprint['content']), status: 'completed' } })),
    ...wayHome(open.workflow),
  ]
}

function see(open: OpenThings, report: DemoReport) {
  const { agent_id: agentId, approval_id: question, error_id: error, story_id: story } = report
  if (typeof agentId === 'string' && report.type !== 'usage') open.agents.set(agentId, report)
  switch (report.type) {
    case 'approval_requested':
      if (typeof question === 'string') open.questions.add(question)
      break
    case 'approval_resolved':
      if (typeof question === 'string') open.questions.delete(question)
      break
    case 'agent_status':
      if (typeof agentId === 'string' && report['status'] === 'ended') open.agents.delete(agentId)
      break
    case 'error_state':
      if (typeof error === 'string' && report['resolved'] === true) open.errors.delete(error)
      else if (typeof error === 'string') open.errors.set(error, report)
      break
    case 'tdd_transition':
      if (typeof story === 'string' && report['new_state'] === 'commit') open.cycles.delete(story)
      else if (typeof story === 'string') open.cycles.set(story, report)
      break
    case 'ci_status':
      open.isCiOpen = report['status'] !== 'passed'
      break
    case 'workflow_transition':
      if (isWorkflowState(report['new_state'])) open.workflow = report['new_state']
      break
    case 'state_file':
      seeFile(open, report)
      break
    default:
  }
}

/** Projects known from files alone have a state and a cycle, too. */
function seeFile(open: OpenThings, report: DemoReport) {
  const { file, content } = report
  if (!isRecord(content)) return
  if (String(file).startsWith('sprints/')) open.sprints.set(String(file), report)
  const { current_state: state, story_id: story, id, completed_at: completedAt } = content
  if (isWorkflowState(state)) open.workflow = state
  if (typeof story !== 'string') return
  if (completedAt === null) open.cycles.set(story, { type: 'tdd_transition', story_id: story, cycle_id: id, new_state: state })
  else open.cycles.delete(story)
}

const asRecord = (value: unknown) => (isRecord(value) ? value : {})

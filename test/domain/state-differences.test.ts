import { expect, test } from 'bun:test'
import { stateDifferences } from '../../src/domain/project/state-differences.ts'
import { told } from '../support/told.ts'

const THEN = [
  { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' },
  { type: 'tdd_transition', story_id: 's-1', new_state: 'test_red' },
  { type: 'tdd_transition', story_id: 's-2', new_state: 'design' },
  { type: 'agent_status', agent_id: 'lead', agent_type: 'Orchestrator', status: 'working' },
  { type: 'approval_requested', approval_id: 'q', title: 'Run it?' },
]
const SINCE = [
  { type: 'workflow_transition', new_state: 'SPRINT_REVIEW' },
  { type: 'tdd_transition', story_id: 's-1', new_state: 'code_green' },
  { type: 'tdd_transition', story_id: 's-3', new_state: 'design' },
  { type: 'agent_status', agent_id: 'lead', agent_type: 'Orchestrator', status: 'ended' },
  { type: 'approval_resolved', approval_id: 'q', decision: 'allow' },
]

test('what differs is told by kind, with what it was and what it is', () => {
  expect(stateDifferences(told(THEN), told([...THEN, ...SINCE]))).toEqual([
    { kind: 'workflow', name: 'Workflow', was: 'SPRINT_ACTIVE', is: 'SPRINT_REVIEW' },
    { kind: 'cycle', name: 's-1', was: 'test_red', is: 'code_green' },
    { kind: 'cycle', name: 's-3', was: undefined, is: 'design' },
    { kind: 'agent', name: 'lead', was: 'working', is: 'ended' },
    { kind: 'approval', name: 'Run it?', was: 'open', is: 'allow' },
  ])
})

test('a state does not differ from itself', () => {
  expect(stateDifferences(told(THEN), told(THEN))).toEqual([])
})

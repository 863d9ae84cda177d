import { expect, test } from 'bun:test'
import { ActivityRow } from '../../views/activity/activity-row.tsx'
import { emptyProject } from '../../src/domain/project/project.ts'
import { numbered } from '../support/told.ts'
import { inspect } from './render.ts'
import { NOW } from './scenes.ts'

type Fields = { type: string } & Record<string, unknown>

function row(fields: Fields): string {
  return String(<ActivityRow project="apollo" event={numbered([{ ...fields, at: NOW - 5000 }], emptyProject())[0]!} now={NOW} />)
}

const story = { story_id: 'story-1' }
const agent = { agent_type: 'CodeAgent', ...story }

const LINES: [Fields, said: string][] = [
  [
    { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY', command: '/epic', user: 'mara' },
    'mara /epic, IDLE to BACKLOG_READY',
  ],
  [{ type: 'workflow_transition', new_state: 'BLOCKED' }, 'Workflow is in BLOCKED'],
  [{ type: 'tdd_transition', ...story, old_state: 'design', new_state: 'test_red' }, 'QAAgent design to test_red'],
  [{ type: 'tdd_transition', ...story, new_state: 'design', inferred: true }, 'DesignAgent is in design, concluded from a later report'],
  [{ type: 'tdd_cycle_started', ...story }, 'Cycle began'],
  [{ type: 'tdd_progress_update', ...story, progress: 0.4 }, 'Cycle is 40 % through'],
  [{ type: 'tdd_cycle_completed', ...story }, 'Cycle finished'],
  [
    { type: 'agent_activity', ...agent, action: 'x', tool: 'Bash', detail: 'npm test', status: 'started' },
    'CodeAgent Bash npm test started',
  ],
  [
    { type: 'agent_activity', ...agent, action: 'x', tool: 'Edit', detail: { file_path: 'src/a.ts' }, status: 'completed' },
    'CodeAgent Edit src/a.ts completed',
  ],
  [
    { type: 'agent_activity', ...agent, action: 'x', tool: 'Bash', detail: { command: 'npm test', error: 'exit 1' }, status: 'failed' },
    'CodeAgent Bash npm test failed: exit 1',
  ],
  [
    { type: 'agent_activity', ...agent, action: 'x', tool: 'Bash', detail: { error: 'exit 1' }, status: 'failed' },
    'CodeAgent Bash exit 1 failed',
  ],
  [{ type: 'agent_activity', ...agent, action: 'Bash', tool: 'Bash', status: 'started' }, 'CodeAgent Bash started'],
  [
    { type: 'agent_activity', ...agent, action: 'task_execution', status: 'failed', detail: 'exit 1' },
    'CodeAgent task_execution failed: exit 1',
  ],
  [{ type: 'agent_status', ...agent, agent_id: 'a', status: 'needs_input', reason: 'v3 or v4?' }, 'CodeAgent needs input: v3 or v4?'],
  [{ type: 'parallel_status', status_data: { active_cycles: [1, 2] } }, 'Orchestrator reports 2 active cycles'],
  [{ type: 'state_file', file: 'backlog.json', content: {} }, 'State file backlog.json changed'],
  [
    { type: 'state_file', file: 'status.json', problem: 'damaged', detail: 'line 3', content: null },
    'State file status.json is damaged: line 3',
  ],
  [{ type: 'approval_requested', ...agent, approval_id: 'q', title: 'run `rm -rf build`?' }, 'CodeAgent asks: run rm -rf build?'],
  [{ type: 'approval_resolved', approval_id: 'q', decision: 'deny', by: 'mara', message: 'not today' }, 'mara denied q: not today'],
  [{ type: 'chat_message', message: 'Hold on.', user_id: 'mara' }, 'mara “Hold on.”'],
  [
    { type: 'command_execution', command: '/sprint pause', status: 'completed', user_id: 'mara', result: 'paused' },
    'mara /sprint pause completed: paused',
  ],
  [{ type: 'error_state', error_message: 'disk full', error_type: 'Storage', severity: 'error' }, 'Storage disk full (error)'],
  [{ type: 'state_highlight' }, 'Orchestrator highlighted a state'],
  [{ type: 'user_presence', user_id: 'mara', action: 'joined' }, 'mara joined'],
  [
    { type: 'usage', agent_id: 'a', input_tokens: 600_000, output_tokens: 12_000, cost_usd: 4.18, model: 'm-1' },
    'a used 612 k tokens, $4.18, m-1',
  ],
  [{ type: 'ci_status', status: 'failed' }, 'CI failed'],
  [{ type: 'ci_status', status: 'failed', detail: 'npm test, exit 1' }, 'CI failed: npm test, exit 1'],
  [{ type: 'x-deploy', stage: 'live', build: 7 }, 'x-deploy stage: live, build: 7'],
]

test.each(LINES)('%j reads as "%s"', (fields, said) => {
  const text = inspect(row(fields)).text.replace(/\s+/g, ' ')
  // The columns touch in the text of the row; on screen there is a gap between who and what.
  expect(text.replaceAll(' ', '')).toContain(said.replaceAll(' ', ''))
})

test('a step that the table does not have is marked, one that it has is not', () => {
  expect(row({ type: 'tdd_transition', ...story, old_state: 'commit', new_state: 'test_red' })).toContain('unexpected step')
  expect(row({ type: 'workflow_transition', old_state: 'IDLE', new_state: 'SPRINT_REVIEW' })).toContain('unexpected step')
  expect(row({ type: 'tdd_transition', ...story, old_state: 'design', new_state: 'test_red' })).not.toContain('unexpected')
})

test('a run of CI is a link only where its address is one', () => {
  expect(row({ type: 'ci_status', status: 'passed', url: 'https://ci.example/7' })).toContain('href="https://ci.example/7"')
  expect(row({ type: 'ci_status', status: 'passed', url: 'javascript:alert(1)' })).not.toContain('javascript:')
})

test('an event tells its story and its exact time', () => {
  const html = row({ type: 'tdd_cycle_started', ...story })
  expect(html).toContain('<code class="id" dir="auto">story-1</code>')
  expect(html).toContain(`title="2026-11-23 21:29:55 UTC" data-since="${NOW - 5000}" data-form="ago">5 s ago</time>`)
})

import { describe, expect, test } from 'bun:test'
import type { Agent, ProjectState } from '../../src/domain/project/project-state.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const session = { agent_id: 'session-1', agent_type: 'claude-code' }
const activity = (status: string, fields: object = {}) => ({ type: 'agent_activity', ...session, action: 'tool', status, ...fields })
const says = (status: string, fields: object = {}) => ({ type: 'agent_status', agent_id: 'session-1', status, ...fields })
const agentOf = ({ agents }: ProjectState, id = 'session-1'): Agent => agents.get(id) as Agent

describe('an agent', () => {
  test('is its id, else its type at its story, else its type', () => {
    const anonymous = { type: 'agent_activity', agent_type: 'QAAgent', action: 'task_execution', status: 'started' }
    const { agents } = told([activity('started'), { ...anonymous, story_id: 's1' }, { ...anonymous, story_id: 's2' }, anonymous])
    expect([...agents.keys()]).toEqual(['session-1', 'QAAgent@s1', 'QAAgent@s2', 'QAAgent'])
  })

  test.each([
    [['started'], 'working'],
    [['progress'], 'working'],
    [['queued'], 'waiting'],
    [['started', 'queued'], 'working'],
    [['started', 'completed'], 'idle'],
    [['started', 'completed', 'queued'], 'waiting'],
    [['started', 'failed'], 'failed'],
    [['started', 'failed', 'started'], 'working'],
  ])('after %j is %s', (statuses, status) => {
    expect(agentOf(told(statuses.map((one) => activity(one)))).status).toBe(status as Agent['status'])
  })

  test('stays failed until it works again, whatever else it says', () => {
    const failed = told([activity('failed', { detail: 'out of credit' })])
    expect(agentOf(failed)).toMatchObject({ status: 'failed', reason: 'out of credit' })
    expect(agentOf(told([{ type: 'usage', agent_id: 'session-1', input_tokens: 1 }], failed)).status).toBe('failed')
    expect(agentOf(told([activity('progress')], failed))).toMatchObject({ status: 'working', reason: undefined })
  })

  test('has had its status since it came to it, not since it last said so', () => {
    const agent = agentOf(told([activity('started', { at: T0 }), activity('progress', { at: T0 + MINUTE })]))
    expect(agent).toMatchObject({ since: T0, startedAt: T0, lastEventAt: T0 + MINUTE, offset: 2 })
  })

  test('is told of with its parent, its story and its type', () => {
    const sub = { agent_id: 'session-1/sub', agent_type: 'Explore', parent_agent_id: 'session-1', story_id: 's1' }
    const state = told([activity('started'), { ...activity('started'), ...sub }, says('idle', { agent_id: 'session-1/sub' })])
    expect(agentOf(state, 'session-1/sub')).toMatchObject({ parentId: 'session-1', agentType: 'Explore', storyId: 's1', status: 'idle' })
  })

  test('ends with the session that it belongs to', () => {
    const child = (id: string, parent: string) => activity('started', { agent_id: id, parent_agent_id: parent, tool: 'Bash' })
    const state = told([activity('started'), child('a', 'session-1'), child('b', 'a'), child('c', 'other'), says('ended')])
    expect(['session-1', 'a', 'b', 'c'].map((id) => agentOf(state, id).status)).toEqual(['ended', 'ended', 'ended', 'working'])
    expect(agentOf(state, 'b').tool).toBeUndefined()
  })

  test.each([
    ['a tool call', activity('started', { tool: 'Bash' })],
    ['its own word', says('needs_input')],
    ['a question', { type: 'approval_requested', approval_id: 'a1', title: 'Go?', agent_id: 'session-1' }],
  ])('that ended is not brought back by %s from before its end that comes late', (_, late) => {
    const said = (minutes: number) => ({ timestamp: new Date(T0 + minutes * MINUTE).toISOString() })
    const ended = told([activity('started', said(0)), { ...says('ended'), ...said(5) }])
    const after = told([{ ...late, ...said(4) }], ended)
    expect(agentOf(after).status).toBe('ended')
    expect(after.approvals.size).toBe(0)
    expect(agentOf(told([{ ...late, ...said(6) }], ended)).status).not.toBe('ended')
    expect(agentOf(told([late], ended)).status).not.toBe('ended')
    // A clock that was set in between tells nothing.
    expect(agentOf(told([{ ...late, ...said(-525_600) }], ended)).status).not.toBe('ended')
  })

  describe('that ended by the clock of one orchestrator', () => {
    const said = (minutes: number, told_by?: string) => ({ timestamp: new Date(T0 + minutes * MINUTE).toISOString(), told_by })
    const child = activity('started', { agent_id: 'session-1/sub', parent_agent_id: 'session-1' })
    const ended = told([activity('started', said(0, 'houston')), child, { ...says('ended'), ...said(50, 'houston') }])

    test.each([
      ['another orchestrator, whose clock is behind', said(4, 'moscow'), 'working'],
      ['a reporter over HTTP, whose clock is behind', said(4), 'working'],
      ['the same, from before the end', said(4, 'houston'), 'ended'],
    ])('is told to work by %s', (_, late, status) => {
      expect(agentOf(told([activity('started', late)], ended)).status).toBe(status as Agent['status'])
      expect(agentOf(told([{ ...child, ...late }], ended), 'session-1/sub').status).toBe(status as Agent['status'])
    })

    test('asks by the clock of another, and no longer by the same', () => {
      const asks = { type: 'approval_requested', approval_id: 'a1', title: 'Go?', agent_id: 'session-1' }
      expect(told([{ ...asks, ...said(4, 'moscow') }], ended).approvals.size).toBe(1)
      expect(told([{ ...asks, ...said(4, 'houston') }], ended).approvals.size).toBe(0)
    })
  })

  test('is placed by what a link knows of the clock, for its text changes with the season', () => {
    const ended = told([says('ended', { timestamp: '2026-10-25T02:59:00', occurred_at: '2026-10-25T00:59:00.000Z', told_by: 'houston' })])
    const works = activity('started', { timestamp: '2026-10-25T02:01:00', occurred_at: '2026-10-25T01:01:00.000Z', told_by: 'houston' })
    expect(agentOf(told([works], ended)).status).toBe('working')
  })

  test('lives with parents that are in a circle', () => {
    const child = (id: string, parent: string) => activity('started', { agent_id: id, parent_agent_id: parent })
    expect(agentOf(told([child('a', 'b'), child('b', 'a'), says('ended', { agent_id: 'a' })]), 'b').status).toBe('ended')
  })
})

describe("an agent's tool", () => {
  const bash = { tool: 'Bash', detail: { command: 'npm test', description: 'run the tests' } }

  test('is in flight from its start to its end', () => {
    const started = told([activity('started', { ...bash, at: T0 })])
    expect(agentOf(started).tool).toEqual({ name: 'Bash', detail: 'npm test', since: T0 })
    expect(agentOf(told([activity('progress')], started)).tool?.name).toBe('Bash')
    expect(agentOf(told([activity('completed', bash)], started))).toMatchObject({ tool: undefined, status: 'working' })
  })

  test('does not hide what its agent works at', () => {
    const state = told([
      activity('started', { action: 'task_execution' }),
      activity('started', bash),
      activity('completed', { ...bash, action: 'tool_end' }),
    ])
    expect(agentOf(state).action).toBe('tool')
  })

  test('that only waits its turn leaves the one in flight', () => {
    expect(agentOf(told([activity('started', bash), activity('queued', bash)])).tool?.name).toBe('Bash')
  })

  test('may fail without its agent failing', () => {
    expect(agentOf(told([activity('started', bash), activity('failed', bash)]))).toMatchObject({ tool: undefined, status: 'working' })
  })

  test('is still in flight when another one ends', () => {
    const state = told([activity('started', { tool: 'Read' }), activity('started', bash), activity('completed', { tool: 'Read' })])
    expect(agentOf(state).tool?.name).toBe('Bash')
  })

  test('ends with the work, and when the agent says that it rests', () => {
    const started = told([activity('started', bash)])
    expect(agentOf(told([activity('completed')], started)).tool).toBeUndefined()
    expect(agentOf(told([says('idle')], started)).tool).toBeUndefined()
    expect(agentOf(told([says('needs_input')], started)).tool?.name).toBe('Bash')
  })

  test.each([
    ['npm test', 'npm test'],
    [{ file_path: 'src/a.ts', content: 'x' }, 'src/a.ts'],
    [{ pattern: 'retry' }, 'retry'],
    [{ url: 'https://example.org', prompt: 'read' }, 'https://example.org'],
    [{ other: 1 }, '{"other":1}'],
    [undefined, undefined],
  ])('called with %j says %s', (detail, said) => {
    expect(agentOf(told([activity('started', { tool: 'T', detail })])).tool?.detail).toBe(said)
  })
})

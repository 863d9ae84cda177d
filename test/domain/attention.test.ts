import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { agentAttentionAt, ATTENTION_ORDER, attentionAt, waitsForPerson } from '../../src/domain/summary/attention.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { Agent, ProjectState } from '../../src/domain/project/project-state.ts'
import { historyArbitrary } from '../support/histories.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const STALE = { staleMinutes: 10 }
const look = (state: ProjectState, after = 0) => attentionAt(state, T0 + after, STALE)

const to = (new_state: string, fields: object = {}) => ({ type: 'workflow_transition', new_state, at: T0, ...fields })
const works = (fields: object = {}) => ({
  type: 'agent_activity',
  agent_type: 'CodeAgent',
  story_id: 's1',
  action: 'task_execution',
  status: 'started',
  at: T0,
  ...fields,
})
const says = (status: string, fields: object = {}) => ({
  type: 'agent_status',
  agent_id: 'a1',
  agent_type: 'QAAgent',
  status,
  at: T0,
  ...fields,
})
const asks = (fields: object = {}) => ({ type: 'approval_requested', approval_id: 'p1', title: 'run `rm -rf build`?', at: T0, ...fields })
const step = (new_state: string, fields: object = {}) => ({ type: 'tdd_transition', story_id: 's1', new_state, at: T0, ...fields })
const failed = { type: 'ci_status', status: 'failed', detail: '`cargo test`, exit 101', at: T0 }
const sprint = (storyIds: string[]) => ({
  ...{ type: 'state_file', file: 'sprints/a.json', at: T0 },
  content: { id: 'a', goal: 'Login', status: 'active', story_ids: storyIds },
})

describe('attention of a project', () => {
  test.each([
    [[], 'idle', 'no event yet'],
    [[asks()], 'needs_you', 'asks: run `rm -rf build`?'],
    [[asks({ agent_type: 'QAAgent' })], 'needs_you', 'QAAgent asks: run `rm -rf build`?'],
    [[says('needs_input', { reason: 'which API version?' })], 'needs_you', 'QAAgent asks: which API version?'],
    [[failed, failed, failed, to('BLOCKED')], 'blocked', 'CI failed 3 times: `cargo test`, exit 101'],
    [[to('BLOCKED')], 'blocked', 'blocked: `/suggest_fix` or `/skip_task` goes on'],
    [[to('BLOCKED'), { type: 'error_state', error_message: 'merge conflict', at: T0 }], 'blocked', 'blocked: merge conflict'],
    [[to('ERROR')], 'failed', 'error: the orchestrator is in state ERROR'],
    [[{ type: 'error_state', error_message: 'disk full', severity: 'critical', at: T0 }], 'failed', 'error: disk full'],
    [[works(), works({ status: 'failed', detail: 'out of credit' })], 'failed', 'CodeAgent failed: out of credit'],
    [[failed], 'failed', 'CI failed: `cargo test`, exit 101'],
    [[{ ...failed, status: 'error', detail: null }], 'failed', 'CI could not run'],
    [[failed, failed, { ...failed, status: 'error', story_id: 's1' }], 'failed', 'CI failed 2 times: `cargo test`, exit 101 on s1'],
    [[failed, { ...failed, status: 'running' }], 'idle', 'nothing planned: `/epic` opens the next one'],
    [[to('SPRINT_REVIEW')], 'in_review', 'read the sprint, then `/feedback` accepts it or `/request_changes`'],
    [[works({ tool: 'Bash', detail: 'npm test' })], 'working', 'working: `npm test`'],
    [[works()], 'working', 'working: task_execution on s1'],
    [[step('test_red')], 'working', 'working: s1 in test_red'],
    [[says('waiting', { reason: 'a build' })], 'waiting', 'QAAgent waits: a build'],
    [[works({ status: 'queued' })], 'waiting', 'CodeAgent waits: task_execution'],
    [[to('SPRINT_PAUSED', { user: 'Mara' }), step('test_red')], 'paused', 'Mara paused it'],
    [[to('PAUSED')], 'paused', 'the sprint is paused: `/sprint resume` goes on'],
    [[to('BACKLOG_READY')], 'idle', 'the backlog is ready: `/sprint plan` comes next'],
    [[to('SPRINT_ACTIVE'), sprint(['s1', 's2']), step('commit')], 'idle', 'the sprint is active, nobody works on it: 1 of 2 stories done'],
    [[to('SPRINT_ACTIVE'), sprint(['s1']), step('commit')], 'done', 'the story of the sprint is done'],
    [[to('SPRINT_ACTIVE'), sprint([])], 'idle', 'the sprint is active, nobody works on it: 0 of 0 stories done'],
    [[to('ON_FIRE')], 'idle', 'in state ON_FIRE'],
  ])('after %j is %s: %s', (reports, word, reason) => {
    expect(look(told(reports))).toMatchObject({ word, reason })
  })

  test('is the first word that holds, in the order in which people should look', () => {
    const layers = [
      [asks()],
      [to('BLOCKED')],
      [failed],
      [to('SPRINT_REVIEW')],
      [works({ agent_id: 'silent', at: T0 - 20 * MINUTE })],
      [says('waiting')],
      [to('SPRINT_PAUSED')],
    ]
    const words = layers.map((_, index) => look(told(layers.slice(index).toReversed().flat())).word)
    expect(words).toEqual(['needs_you', 'blocked', 'failed', 'in_review', 'stale', 'waiting', 'paused'])
  })

  test('says what it stands on and since when', () => {
    expect(look(told([to('SPRINT_ACTIVE'), asks({ story_id: 's7', at: T0 + MINUTE })]))).toEqual({
      ...{ word: 'needs_you', reason: 'asks: run `rm -rf build`?', actor: undefined, storyId: 's7' },
      ...{ evidence: 2, since: T0 + MINUTE, waitingSince: T0 + MINUTE, nextChangeAt: undefined },
    })
    expect(look(told([works()])).waitingSince).toBeUndefined()
    expect(look(told([works(), works({ tool: 'Bash', at: T0 + MINUTE })]), MINUTE)).toMatchObject({
      since: T0 + MINUTE,
      evidence: 2,
      actor: 'CodeAgent',
    })
    expect(look(told([to('BLOCKED')]))).toMatchObject({ evidence: 1, since: T0, waitingSince: T0 })
  })

  test('asks for the oldest question first, whoever asks', () => {
    const early = says('needs_input', { reason: 'early', at: T0 })
    expect(look(told([early, asks({ at: T0 + MINUTE })])).reason).toBe('QAAgent asks: early')
    expect(look(told([asks(), says('needs_input', { reason: 'late', at: T0 + MINUTE })])).reason).toBe('asks: run `rm -rf build`?')
  })

  test('no longer asks what has expired, and knows when that will be', () => {
    const state = told([asks({ expires_at: new Date(T0 + 5 * MINUTE).toISOString() })])
    expect(look(state)).toMatchObject({ word: 'needs_you', nextChangeAt: T0 + 5 * MINUTE })
    expect(look(state, 5 * MINUTE).word).toBe('idle')
  })

  test('does not take a mild error for a failure', () => {
    expect(look(told([{ type: 'error_state', error_message: 'slow', severity: 'Warning', at: T0 }])).word).toBe('idle')
  })

  test('is one line, without what could deceive', () => {
    expect(look(told([asks({ title: 'run\n\u001b[31mrm\u202e -rf\u0000' })])).reason).toBe('asks: run rm\u00a4 -rf')
  })
})

describe('silence', () => {
  test('becomes stale after ten minutes, announced beforehand', () => {
    const state = told([works()])
    expect(look(state, 10 * MINUTE - 1)).toMatchObject({ word: 'working', nextChangeAt: T0 + 10 * MINUTE })
    expect(look(state, 10 * MINUTE)).toMatchObject({
      ...{ word: 'stale', reason: 'last heard: task_execution on s1', since: T0, waitingSince: undefined, nextChangeAt: undefined },
    })
  })

  test('may last an hour while a tool is at work', () => {
    const state = told([works({ tool: 'Bash', detail: 'python train.py' })])
    expect(look(state, 59 * MINUTE)).toMatchObject({ word: 'working', nextChangeAt: T0 + 60 * MINUTE })
    expect(look(state, 60 * MINUTE)).toMatchObject({ word: 'stale', reason: 'last heard: `python train.py`' })
  })

  test('of one agent does not make the project stale while another is heard', () => {
    const state = told([works({ story_id: 'old' }), works({ at: T0 + 9 * MINUTE })])
    expect(look(state, 15 * MINUTE)).toMatchObject({ word: 'working', storyId: 's1', nextChangeAt: T0 + 19 * MINUTE })
    const [old, recent] = [...state.agents.values()] as [Agent, Agent]
    expect(agentAttentionAt(old, T0 + 15 * MINUTE, STALE).word).toBe('stale')
    expect(agentAttentionAt(recent, T0 + 15 * MINUTE, STALE).word).toBe('working')
  })

  test('is not broken by what people and files say', () => {
    const chat = { type: 'chat_message', message: 'hello?', at: T0 + 9 * MINUTE }
    expect(look(told([works(), chat]), 12 * MINUTE).word).toBe('stale')
  })

  test('of an open cycle is broken by an agent at its story and by the orchestrator', () => {
    const progress = { type: 'tdd_progress_update', story_id: 's1', progress: 0.5, at: T0 + 5 * MINUTE }
    const rests = works({ status: 'completed', at: T0 + 5 * MINUTE })
    const parallel = { type: 'parallel_status', status_data: {}, at: T0 + 5 * MINUTE }
    for (const sign of [progress, rests, parallel]) {
      expect(look(told([step('test_red'), sign]))).toMatchObject({ word: 'working', nextChangeAt: T0 + 15 * MINUTE })
    }
    expect(look(told([step('test_red')]), 10 * MINUTE)).toMatchObject({ word: 'stale', since: T0 })
  })

  test('of a committed cycle says nothing', () => {
    expect(look(told([step('commit')]), 60 * MINUTE).word).toBe('idle')
  })

  test('while agents wait for background work is no alarm', () => {
    expect(look(told([step('test_red'), says('waiting')]), 30 * MINUTE).word).toBe('waiting')
  })

  test('of a file that was there before is told as it is', () => {
    const content = { id: 'c', story_id: 's1', current_state: 'test_red' }
    const mtime = new Date(T0 - 60 * MINUTE).toISOString()
    expect(look(told([{ type: 'state_file', file: 'tdd_cycles/c.json', mtime, content, at: T0 }])).word).toBe('stale')
  })
})

describe('attention of an agent', () => {
  test.each([
    [[works()], 'working', 'working: task_execution on s1'],
    [[works(), works({ status: 'completed' })], 'idle', 'idle: task_execution'],
    [[works({ status: 'failed' })], 'failed', 'CodeAgent failed: task_execution'],
    [[says('needs_input', { reason: 'go on?' })], 'needs_you', 'QAAgent asks: go on?'],
    [[says('waiting')], 'waiting', 'QAAgent waits for background work'],
    [[says('ended')], 'done', 'ended'],
  ])('after %j is %s: %s', (reports, word, reason) => {
    const [agent] = [...told(reports).agents.values()] as [Agent]
    expect(agentAttentionAt(agent, T0, STALE)).toMatchObject({ word, reason })
  })
})

describe('every attention', () => {
  test('has a word of the order, a reason, and changes exactly when it says so', () => {
    fc.assert(
      fc.property(historyArbitrary(), fc.integer({ min: 0, max: 200 }), (events, minutes) => {
        const state = foldEvents(emptyProject(), events)
        const now = (state.lastEventAt ?? T0) + minutes * MINUTE
        const attention = attentionAt(state, now, STALE)
        expect(ATTENTION_ORDER).toContain(attention.word)
        expect(attention.reason).not.toBe('')
        expect(attention.waitingSince !== undefined).toBe(waitsForPerson(attention.word))
        const { nextChangeAt } = attention
        if (nextChangeAt === undefined) return expect(attentionAt(state, now + 10_000 * MINUTE, STALE)).toEqual(attention)
        expect(nextChangeAt).toBeGreaterThan(now)
        expect(attentionAt(state, nextChangeAt - 1, STALE).word).toBe(attention.word)
        expect(attentionAt(state, nextChangeAt, STALE)).not.toEqual(attention)
      }),
      { numRuns: 150 },
    )
  })
})

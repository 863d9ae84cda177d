import { describe, expect, test } from 'bun:test'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import { sprintOf } from '../../src/domain/project/sprint.ts'
import backlog from '../samples/orch-state/backlog.json'
import { MINUTE, T0, told } from '../support/told.ts'

const summary = (state: ProjectState, now = T0) =>
  summarize({ project: newProject('apollo'), state, epoch: 'k3j9x0ab', now, staleMinutes: 10 })
const file = (name: string, content: object) => ({ type: 'state_file', file: name, mtime: '2026-11-23T20:30:00Z', content })
const step = (story_id: string, new_state: string) => ({ type: 'tdd_transition', story_id, new_state })

describe('the summary of a project', () => {
  test('of which nothing was heard is empty', () => {
    expect(summary(told([]))).toMatchObject({
      ...{ epoch: 'k3j9x0ab', offset: 0, workflowState: 'IDLE', sprint: undefined, cycles: [], cyclesTotal: 0, agents: 0 },
      ...{ approvals: { first: undefined, total: 0 }, notices: 0, minutes: [], lastEventAt: undefined, ageSince: undefined },
    })
  })

  test('shows the open cycles that moved last, four at most', () => {
    const stories = ['s1', 's2', 's3', 's4', 's5', 's6']
    const state = told([...stories.map((story) => step(story, 'design')), step('s2', 'test_red'), step('s6', 'commit')])
    const { cycles, cyclesTotal } = summary(state)
    expect(cycles.map(({ storyId }) => storyId)).toEqual(['s2', 's5', 's4', 's3'])
    expect(cycles[0]).toMatchObject({ state: 'test_red', visited: ['design', 'test_red'], isUnexpected: false })
    expect(cyclesTotal).toBe(5)
  })

  test('counts the agents that are at something', () => {
    const says = (agent_id: string, status: string) => ({ type: 'agent_status', agent_id, status })
    expect(
      summary(told([says('a', 'working'), says('b', 'waiting'), says('c', 'idle'), says('d', 'ended'), says('e', 'needs_input')])).agents,
    ).toBe(3)
  })

  test('shows the oldest question and how many there are, without the expired', () => {
    const asks = (approval_id: string, expires_at?: string) => ({ type: 'approval_requested', approval_id, title: 'Go?', expires_at })
    const state = told([asks('a1', '2026-11-23T20:31:00Z'), asks('a2'), asks('a3')])
    expect(summary(state).approvals).toMatchObject({ first: { approvalId: 'a1' }, total: 3 })
    expect(summary(state, T0 + MINUTE).approvals).toMatchObject({ first: { approvalId: 'a2' }, total: 2 })
  })

  test('stays small, however long a question is', () => {
    const asked = { type: 'approval_requested', approval_id: 'a1', title: 'Go?', description: `${'h'.repeat(8_000)}TAIL` }
    const { first } = summary(told([asked])).approvals
    expect(first?.description?.length).toBeLessThan(2_100)
    expect(first?.description).toEndWith('TAIL')
  })

  test('is as old as the stay in its state, else as what was heard', () => {
    const chat = { type: 'chat_message', message: 'hello', at: T0 }
    expect(summary(told([chat])).ageSince).toBe(T0)
    expect(summary(told([chat, { type: 'workflow_transition', new_state: 'IDLE', at: T0 + MINUTE }])).ageSince).toBe(T0 + MINUTE)
  })
})

describe('the current sprint', () => {
  const sprint = (id: string, status: string, story_ids: string[]) =>
    file(`sprints/${id}.json`, { id, goal: `Goal of ${id}`, status, story_ids })

  test('is the active one, with its stories and how many are done', () => {
    const state = told([file('backlog.json', backlog), step('story-ccc3724c', 'commit')])
    expect(sprintOf(state)).toMatchObject({ id: 'sprint-1', goal: 'Payments MVP', done: 1, total: 1, stories: [{ title: 'Charge card' }] })
    expect(summary(state).sprint).toEqual({ id: 'sprint-1', goal: 'Payments MVP', done: 1, total: 1 })
  })

  test('is told by its own file rather than by the backlog', () => {
    const state = told([file('backlog.json', backlog), sprint('sprint-1', 'active', ['story-ccc3724c', 's2'])])
    expect(sprintOf(state)).toMatchObject({ goal: 'Goal of sprint-1', done: 0, total: 2 })
  })

  test('has the stories that name it, and no others', () => {
    const stories = [{ id: 's1', sprint_id: 'a' }, { id: 's2', sprint_id: 'b' }, { id: 's3' }]
    const state = told([sprint('a', 'active', []), file('backlog.json', { stories })])
    expect(sprintOf(state)?.stories.map(({ id }) => id)).toEqual(['s1'])
  })

  test('is else the one planned last, and never a completed one', () => {
    expect(sprintOf(told([sprint('a', 'planned', []), sprint('b', 'planned', []), sprint('c', 'completed', [])]))?.id).toBe('b')
    expect(sprintOf(told([sprint('c', 'completed', ['s1'])]))).toBeUndefined()
  })

  test('takes a story for done that the backlog says is done', () => {
    const done = file('backlog.json', { stories: [{ id: 's1', status: 'StoryStatus.DONE', sprint_id: 'a' }] })
    expect(sprintOf(told([sprint('a', 'active', ['s1', 's2']), done]))).toMatchObject({ done: 1, total: 2 })
  })
})

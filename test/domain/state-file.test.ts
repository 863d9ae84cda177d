import { describe, expect, test } from 'bun:test'
import type { ProjectState } from '../../src/domain/project-state.ts'
import backlog from '../samples/orch-state/backlog.json'
import sprint from '../samples/orch-state/sprints/sprint-1.json'
import registered from '../samples/orch-state/status.registered.json'
import tasks from '../samples/orch-state/status.tasks.json'
import cycle from '../samples/orch-state/tdd_cycles/tdd-cycle-8245779c.json'
import { MINUTE, T0, told } from '../support/told.ts'

const HOUR = 60 * MINUTE
const iso = (at: number) => new Date(at).toISOString()
const local = (at: number) => iso(at).slice(0, -1)
const file = (name: string, content: unknown, fields: object = {}) => ({
  type: 'state_file',
  file: name,
  mtime: iso(T0),
  content,
  ...fields,
})
const status = (content: object, fields: object = {}) => file('status.json', content, fields)
const to = (new_state: string, at: number) => ({ type: 'workflow_transition', new_state, at })
const stateOf = ({ workflow }: ProjectState) => workflow.state

describe('status.json', () => {
  test.each([
    [tasks, 'SPRINT_ACTIVE', 'blocking'],
    [registered, 'IDLE', 'partial'],
    [
      { workflow_state: 'SPRINT_REVIEW', tdd_cycles: {}, last_updated: '2026-11-23T20:00:00', transition_history: [] },
      'SPRINT_REVIEW',
      undefined,
    ],
    [{ current_state: 'WorkflowState.SPRINT_PLANNED' }, 'SPRINT_PLANNED', undefined],
    [{ current_state: 'sprint_active' }, 'SPRINT_ACTIVE', undefined],
    [{ current_state: 'ON_FIRE' }, 'ON_FIRE', undefined],
  ])('is read in each of its shapes: %j', (content, state, mode) => {
    const after = told([status(content)])
    expect([stateOf(after), after.orchestrationMode]).toEqual([state, mode])
    expect(after.transitions).toMatchObject([{ to: state, source: 'file', isUnexpected: false }])
    expect(after.workflow.hasTransition).toBe(false)
  })

  test('tells the tasks under way, their enums without the class', () => {
    expect(told([status(tasks)]).tasks).toEqual([
      {
        ...{ id: 'tests-1795465847.032303', agentType: 'QAAgent', command: 'Create failing tests for sprint stories' },
        ...{ status: 'pending', retryCount: 0, maxRetries: 3 },
      },
    ])
  })

  test('lists each question once, named by its task, and closes what it no longer lists', () => {
    const asked = told([status(tasks, { at: T0 })])
    expect([...asked.approvals.values()]).toMatchObject([
      {
        ...{ approvalId: 'tests-1795465847.032303', title: 'Create failing tests for sprint stories' },
        ...{ agentType: 'QAAgent', source: 'file', requestedAt: T0 },
      },
    ])
    expect(told([status({ ...tasks, pending_approvals: [] })], asked).approvals.size).toBe(0)
  })

  test('keeps the age of a question that it lists again, and leaves alone what was asked elsewhere', () => {
    const elsewhere = { type: 'approval_requested', approval_id: 'a1', title: 'Go?' }
    const asked = told([
      elsewhere,
      status(tasks, { at: T0 + MINUTE }),
      status({ ...tasks, orchestration_mode: 'partial' }, { at: T0 + HOUR }),
    ])
    expect([...asked.approvals.values()].map(({ approvalId, requestedAt }) => [approvalId, requestedAt - T0])).toEqual([
      ['a1', 0],
      ['tests-1795465847.032303', MINUTE],
    ])
  })

  test('does not ask again what was decided, though it still lists it', () => {
    const decided = { type: 'approval_resolved', approval_id: 'tests-1795465847.032303', decision: 'allow', by: 'mara' }
    const state = told([status(tasks), decided, status({ ...tasks, orchestration_mode: 'partial' })])
    expect(state.approvals.size).toBe(0)
  })
})

describe('a status file and an orchestrator', () => {
  const at = (stated: number, state = 'SPRINT_REVIEW') => ({ current_state: state, last_updated: local(stated) })

  test('the file moves the state when it was written after the last change', () => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const written = T0 + MINUTE
    expect(stateOf(told([status(at(written), { mtime: iso(written), at: written + 500 })], active))).toBe('SPRINT_REVIEW')
  })

  test('the file does not move the state when it was written before', () => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const after = told([status({ ...at(T0 - MINUTE), pending_approvals: ['p1'] }, { mtime: iso(T0 - MINUTE), at: T0 + MINUTE })], active)
    expect(stateOf(after)).toBe('SPRINT_ACTIVE')
    expect(after.approvals.has('p1')).toBe(true)
  })

  test('a touch moves nothing: the content has to change', () => {
    const content = at(T0)
    const moved = told([status(content, { at: T0 }), to('IDLE', T0 + MINUTE)])
    const touched = told([status(content, { mtime: iso(T0 + HOUR), at: T0 + HOUR })], moved)
    expect(stateOf(touched)).toBe('IDLE')
  })

  test('the same state told again is no step', () => {
    const state = told([to('SPRINT_ACTIVE', T0), status(at(T0 + MINUTE, 'SPRINT_ACTIVE'), { mtime: iso(T0 + MINUTE), at: T0 + MINUTE })])
    expect(state.transitions).toHaveLength(1)
    expect(state.workflow).toMatchObject({ enteredAt: T0, changedAt: T0 })
  })

  test('at the very instant of the last change the file does not win', () => {
    const state = told([to('SPRINT_ACTIVE', T0), status(at(T0), { mtime: iso(T0), at: T0 + MINUTE })])
    expect(stateOf(state)).toBe('SPRINT_ACTIVE')
  })

  test('without last_updated the time of the file counts', () => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const content = { current_state: 'SPRINT_REVIEW' }
    expect(stateOf(told([status(content, { mtime: iso(T0 - MINUTE), at: T0 + MINUTE })], active))).toBe('SPRINT_ACTIVE')
    expect(stateOf(told([status(content, { mtime: iso(T0 + MINUTE), at: T0 + 2 * MINUTE })], active))).toBe('SPRINT_REVIEW')
  })

  test.each([1, -7, 5.75])('a zoneless last_updated of a clock %d hours from UTC is placed by the time of the file', (hours) => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const said = (written: number) => status(at(written + hours * HOUR), { mtime: iso(written + 40), at: T0 + 10 * MINUTE })
    expect(stateOf(told([said(T0 - MINUTE)], active))).toBe('SPRINT_ACTIVE')
    expect(stateOf(told([said(T0 + MINUTE)], active))).toBe('SPRINT_REVIEW')
  })

  test('a last_updated with a zone needs no placing', () => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const content = { current_state: 'SPRINT_REVIEW', last_updated: iso(T0 - 5 * MINUTE) }
    expect(stateOf(told([status(content, { mtime: iso(T0 + HOUR), at: T0 + HOUR })], active))).toBe('SPRINT_ACTIVE')
  })

  test('a clock that is behind ours moves the state on: files are compared with files by their own clock', () => {
    const behind = 5 * MINUTE
    const written = (when: number, state: string) => status(at(when - behind, state), { mtime: iso(when - behind), at: when })
    expect(stateOf(told([written(T0, 'SPRINT_ACTIVE'), written(T0 + MINUTE, 'SPRINT_REVIEW')]))).toBe('SPRINT_REVIEW')
  })

  test('a transition moves on from where a file led', () => {
    const state = told([status(at(T0), { at: T0 }), to('BACKLOG_READY', T0 + MINUTE)])
    expect(state.transitions.at(-1)).toMatchObject({ from: 'SPRINT_REVIEW', to: 'BACKLOG_READY', isUnexpected: false })
  })
})

describe('backlog.json and sprints', () => {
  test('tell stories, epics and sprints', () => {
    const state = told([file('backlog.json', backlog), file('sprints/sprint-1.json', sprint)])
    expect(state.backlog?.epics).toEqual([{ id: 'epic-68e45785', title: 'Payments', description: 'Card payments', status: 'active' }])
    expect(state.backlog?.stories).toMatchObject([
      {
        ...{ id: 'story-ccc3724c', epicId: 'epic-68e45785', title: 'Charge card', priority: 2, status: 'in_progress' },
        ...{ cycleId: 'tdd-cycle-8245779c', testStatus: 'code_green', ciStatus: 'passed', testCoverage: 91.5 },
        acceptanceCriteria: ['declined card shows reason'],
      },
    ])
    expect(state.backlog?.sprints).toMatchObject([{ id: 'sprint-1', goal: 'Payments MVP', status: 'active', storyIds: ['story-ccc3724c'] }])
    expect([...state.sprints.values()]).toMatchObject([{ id: 'sprint-8a780ff0', goal: 'Ship login', endDate: undefined }])
  })

  test('name the cycles of their stories, whichever comes first', () => {
    const step = { type: 'tdd_transition', story_id: 'story-ccc3724c', new_state: 'design' }
    const stories = file('backlog.json', backlog)
    expect(told([step, stories]).cycles.get('story-ccc3724c')?.title).toBe('Charge card')
    expect(told([stories, step]).cycles.get('story-ccc3724c')?.title).toBe('Charge card')
  })

  test('lose records that cannot be read, and nothing else', () => {
    const odd = { stories: [null, 7, {}, { id: 'ok', priority: '2', test_coverage: 'NaN' }, { id: 5 }], epics: 'none', sprints: { a: 1 } }
    expect(told([file('backlog.json', odd)]).backlog).toMatchObject({
      epics: [],
      sprints: [],
      stories: [{ id: 'ok', title: 'ok', status: 'backlog', priority: 2, testCoverage: undefined }],
    })
  })
})

describe('tdd_cycles', () => {
  const name = 'tdd_cycles/tdd-cycle-8245779c.json'

  test('bring figures, and the cycle that no event told of', () => {
    const state = told([file(name, cycle, { at: T0 })])
    expect(state.cycleFiles.get('tdd-cycle-8245779c')).toEqual({
      ...{ cycleId: 'tdd-cycle-8245779c', storyId: 'story-ccc3724c', state: 'code_green', isComplete: false },
      tasks: [{ id: 'tdd-task-807d2b01', description: 'charge endpoint', state: 'code_green' }],
      ...{ passingTests: 1, failingTests: 0, testRuns: 2, refactors: 0, commits: 1, ciStatus: 'passed', coverage: 91.5 },
    })
    expect(state.cycles.get('story-ccc3724c')).toMatchObject({
      state: 'code_green',
      source: 'file',
      visited: ['code_green'],
      cycleId: 'tdd-cycle-8245779c',
    })
    expect(state.transitions).toEqual([])
  })

  test('move the cycle that only they tell of', () => {
    const moved = { ...cycle, current_state: 'TDDState.REFACTOR' }
    const state = told([file(name, cycle), file(name, moved, { mtime: iso(T0 + MINUTE) })])
    expect(state.cycles.get('story-ccc3724c')).toMatchObject({
      state: 'refactor',
      previousState: 'code_green',
      source: 'file',
      isUnexpected: false,
    })
    expect(state.transitions).toMatchObject([{ machine: 'tdd', from: 'code_green', to: 'refactor', source: 'file' }])
  })

  test('are as old as they say: an old file is no news', () => {
    const state = told([file(name, cycle, { mtime: iso(T0 - 24 * HOUR), at: T0 })])
    expect(state.cycles.get('story-ccc3724c')).toMatchObject({ enteredAt: T0 - 24 * HOUR, lastEventAt: T0 - 24 * HOUR })
  })

  test('complete their cycle', () => {
    const done = { ...cycle, completed_at: '2026-11-23T20:40:00' }
    expect(told([file(name, cycle), file(name, done)]).cycles.get('story-ccc3724c')?.completedAt).toBeNumber()
  })

  test('leave alone a cycle that events told of, until they show the next one', () => {
    const step = (new_state: string) => ({ type: 'tdd_transition', story_id: 'story-ccc3724c', new_state, cycle_id: 'tdd-cycle-1' })
    expect(told([step('test_red'), file(name, cycle)]).cycles.get('story-ccc3724c')).toMatchObject({
      state: 'test_red',
      source: 'reported',
    })
    expect(told([step('commit'), file(name, cycle)]).cycles.get('story-ccc3724c')).toMatchObject({
      state: 'code_green',
      source: 'file',
      round: 2,
    })
  })

  test('of status.json count in the same way', () => {
    const content = {
      workflow_state: 'SPRINT_ACTIVE',
      tdd_cycles: { s1: { current_state: 'test_red', last_updated: local(T0 - MINUTE) }, s2: 'design', s3: 7 },
    }
    const { cycles } = told([status(content, { at: T0 + HOUR })])
    expect([...cycles.values()].map(({ storyId, state, enteredAt }) => [storyId, state, enteredAt])).toEqual([
      ['s1', 'test_red', T0 - MINUTE],
      ['s2', 'design', T0],
    ])
  })

  test('are skipped when they are backups or states of the engine', () => {
    expect(
      told([file('tdd_cycles/x_state.json', cycle), file('tdd_cycles/x.json.backup', cycle), file('other.json', cycle)]).cycles.size,
    ).toBe(0)
  })
})

describe('a state file that cannot be read', () => {
  const damaged = file('backlog.json', null, { problem: 'damaged', detail: 'line 3' })

  test('leaves a notice, and what it said last stays', () => {
    const state = told([file('backlog.json', backlog), { ...damaged, at: T0 + MINUTE }, damaged])
    expect([...state.notices.values()]).toEqual([
      { file: 'backlog.json', problem: 'damaged', detail: 'line 3', since: T0 + MINUTE, offset: 3 },
    ])
    expect(state.backlog?.stories).toHaveLength(1)
  })

  test('takes its notice away once it can be read', () => {
    expect(told([damaged, file('backlog.json', backlog)]).notices.size).toBe(0)
  })

  test.each([[[]], ['text'], [null], [7]])('because it holds %j is damaged', (content) => {
    expect([...told([file('backlog.json', content)]).notices.values()]).toMatchObject([
      { problem: 'damaged', detail: 'it holds no JSON object' },
    ])
  })

  test('as a whole says how much is left out', () => {
    const state = told([file('backlog.json', backlog, { dropped_records: 12 })])
    expect([...state.notices.values()]).toMatchObject([{ problem: 'too_large', detail: 'its 12 oldest records are left out' }])
    expect(state.backlog?.stories).toHaveLength(1)
  })
})

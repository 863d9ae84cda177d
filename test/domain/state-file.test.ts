import { describe, expect, test } from 'bun:test'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
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
    const said = (written: number) =>
      status({ current_state: 'SPRINT_REVIEW', last_updated: iso(written) }, { mtime: iso(written + 90_000) })
    expect(stateOf(told([said(T0 - MINUTE)], active))).toBe('SPRINT_ACTIVE')
    expect(
      stateOf(
        told(
          [said(T0 + MINUTE)].map((one) => ({ ...one, at: T0 + HOUR })),
          active,
        ),
      ),
    ).toBe('SPRINT_REVIEW')
  })

  test.each([-5 * MINUTE, -26 * HOUR])('a clock %d ms off does not hold back what the file was changed to after a transition', (off) => {
    const active = told([to('SPRINT_ACTIVE', T0)])
    const content = { current_state: 'SPRINT_REVIEW', last_updated: iso(T0 + 1_000 + off) }
    expect(stateOf(told([status(content, { mtime: iso(T0 + 1_000), at: T0 + 1_500 })], active))).toBe('SPRINT_REVIEW')
  })

  test.each([HOUR, 5 * MINUTE])('a clock %d ms ahead does not let what was written before a transition win', (ahead) => {
    const content = { current_state: 'SPRINT_REVIEW', last_updated: iso(T0 - 10 * MINUTE + ahead) }
    const found = status(content, { mtime: iso(T0 - 10 * MINUTE), at: T0 + HOUR })
    expect(stateOf(told([to('SPRINT_ACTIVE', T0), found]))).toBe('SPRINT_ACTIVE')
  })

  test.each([
    ['one hour ahead', (at: number) => iso(at + HOUR)],
    ['of the year 9999', () => '9999-12-31T23:59:59Z'],
    ['of the year 9999 without a zone', () => '9999-12-31T23:59:59'],
    ['two days ahead without a zone', (at: number) => local(at + 48 * HOUR)],
  ])('a file %s silences neither the files after it nor a transition', (_, says) => {
    const ahead = status({ current_state: 'SPRINT_PLANNED', last_updated: says(T0) }, { mtime: iso(T0), at: T0 + 10 })
    const next = (last_updated: string, at: number) =>
      status({ current_state: 'SPRINT_ACTIVE', last_updated }, { mtime: iso(at), at: at + 10 })
    expect(stateOf(told([ahead]))).toBe('SPRINT_PLANNED')
    expect(stateOf(told([ahead, next(iso(T0 + MINUTE), T0 + MINUTE)]))).toBe('SPRINT_ACTIVE')
    expect(stateOf(told([ahead, next(says(T0 + MINUTE), T0 + MINUTE)]))).toBe('SPRINT_ACTIVE')
    const moved = told([ahead, to('IDLE', T0 + MINUTE)])
    expect(stateOf(moved)).toBe('IDLE')
    expect(stateOf(told([next(iso(T0 + 2 * MINUTE), T0 + 2 * MINUTE)], moved))).toBe('SPRINT_ACTIVE')
  })

  test('a modification time to come silences nothing', () => {
    const written = (state: string, mtime: number, at: number) => status({ current_state: state }, { mtime: iso(mtime), at })
    const ahead = written('SPRINT_PLANNED', T0 + 48 * HOUR, T0)
    expect(stateOf(told([ahead, written('SPRINT_ACTIVE', T0 + MINUTE, T0 + MINUTE)]))).toBe('SPRINT_ACTIVE')
    expect(stateOf(told([ahead, to('IDLE', T0 + MINUTE)]))).toBe('IDLE')
  })

  test('an older copy does not undo what the file said later by the same clock, behind as it is', () => {
    const behind = (state: string, said: number, at: number) =>
      status({ current_state: state, last_updated: iso(said - 5 * MINUTE) }, { mtime: iso(at), at: at + 10 })
    const review = told([behind('SPRINT_ACTIVE', T0, T0), behind('SPRINT_REVIEW', T0 + MINUTE, T0 + MINUTE)])
    expect(stateOf(told([behind('SPRINT_PLANNED', T0 - HOUR, T0 + 2 * MINUTE)], review))).toBe('SPRINT_REVIEW')
    expect(stateOf(told([behind('SPRINT_PAUSED', T0 + 2 * MINUTE, T0 + 2 * MINUTE)], review))).toBe('SPRINT_PAUSED')
  })

  test('two changes that name the same second both count', () => {
    const written = (state: string, at: number) => status({ current_state: state, last_updated: iso(T0) }, { mtime: iso(at), at: at + 5 })
    expect(stateOf(told([written('SPRINT_ACTIVE', T0 + 100), written('SPRINT_REVIEW', T0 + 700)]))).toBe('SPRINT_REVIEW')
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
      taskCount: 1,
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

  test('of a status file that repeats an old word do not undo what the cycle file said later', () => {
    const id = 'story-ccc3724c'
    const active = { current_state: 'SPRINT_ACTIVE', tdd_cycles: { [id]: { current_state: 'test_red' } } }
    const both = told([
      status(active, { mtime: iso(T0), at: T0 }),
      file(name, cycle, { mtime: iso(T0 + MINUTE), at: T0 + MINUTE }),
      status({ ...active, orchestration_mode: 'partial' }, { mtime: iso(T0 + 2 * MINUTE), at: T0 + 2 * MINUTE }),
    ])
    expect(both.cycles.get(id)).toMatchObject({ state: 'code_green', round: 1 })
    const later = { ...active, tdd_cycles: { [id]: { current_state: 'refactor' } } }
    const moved = told([status(later, { mtime: iso(T0 + 3 * MINUTE), at: T0 + 3 * MINUTE })], both)
    expect(moved.cycles.get(id)?.state).toBe('refactor')
  })

  test('of status.json are as long before the file as its own clock says', () => {
    const said = (at: number) => ({ current_state: 'test_red', last_updated: local(at) })
    const content = { tdd_cycles: { s1: said(T0 - 3 * HOUR), s2: said(T0 - 70 * MINUTE) }, last_updated: local(T0) }
    const { cycles } = told([status(content, { mtime: iso(T0 + 5 * HOUR), at: T0 + 6 * HOUR })])
    expect([...cycles.values()].map(({ enteredAt }) => enteredAt)).toEqual([T0 + 2 * HOUR, T0 + 230 * MINUTE])
  })

  test('that were written before the cycle which events told of do not follow it', () => {
    const step = (new_state: string, at: number) => ({ type: 'tdd_transition', story_id: 'story-ccc3724c', new_state, cycle_id: 'c2', at })
    const over = told([step('design', T0), step('commit', T0 + MINUTE)])
    expect(told([file(name, cycle, { mtime: iso(T0 - HOUR) })], over).cycles.get('story-ccc3724c')).toMatchObject({
      ...{ state: 'commit', cycleId: 'c2', round: 1 },
    })
  })

  test('are skipped when they are backups or states of the engine', () => {
    expect(
      told([file('tdd_cycles/x_state.json', cycle), file('tdd_cycles/x.json.backup', cycle), file('other.json', cycle)]).cycles.size,
    ).toBe(0)
  })
})

describe('a report of a state file that comes late', () => {
  const older = { mtime: iso(T0 - MINUTE), at: T0 + HOUR }
  const backlogOf = (...ids: string[]) => ({ stories: ids.map((id) => ({ id })), epics: [], sprints: [] })
  const stories = ({ backlog: now }: ProjectState) => now?.stories.map(({ id }) => id)

  test('does not undo what the same file said later', () => {
    const now = told([
      file('backlog.json', backlogOf('s1', 's2'), { at: T0 }),
      file('sprints/a.json', { id: 'a', status: 'completed' }, { at: T0 }),
      file('tdd_cycles/c.json', { id: 'c', story_id: 's1', current_state: 'commit', completed_at: 'now' }, { at: T0 }),
    ])
    const after = told(
      [
        file('backlog.json', backlogOf('s1'), older),
        file('sprints/a.json', { id: 'a', status: 'active' }, older),
        file('tdd_cycles/c.json', { id: 'c', story_id: 's1', current_state: 'test_red' }, older),
      ],
      now,
    )
    expect(stories(after)).toEqual(['s1', 's2'])
    expect(after.sprints.get('a')?.status).toBe('completed')
    expect(after.cycles.get('s1')).toMatchObject({ state: 'commit', completedAt: T0 })
    expect(after.cycleFiles.get('c')?.isComplete).toBe(true)
  })

  test('is none where somebody looked: the file was set back', () => {
    const now = told([file('backlog.json', backlogOf('s1', 's2'), { at: T0 })])
    const back = told([file('backlog.json', backlogOf('s1'), { ...older, anew: true })], now)
    expect(stories(back)).toEqual(['s1'])
    expect(stories(told([file('backlog.json', backlogOf('s3'), { mtime: iso(T0 - 30_000), at: T0 + 2 * HOUR })], back))).toEqual(['s3'])
  })

  test('is told from one that only another file was written before', () => {
    const now = told([file('backlog.json', backlogOf('s1'), { at: T0 }), file('sprints/a.json', { id: 'a', status: 'active' }, older)])
    expect(now.sprints.get('a')?.status).toBe('active')
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

  test('of which a record names nothing tells so, and shows the others', () => {
    const ids = ['half \ud83d', 'other half \ud83e', 'a\u3164', '\u2800', 'x'.repeat(129)]
    const stories = [...ids, 'story-1'].map((id) => ({ id, title: 'A story' }))
    const odd = told([file('backlog.json', { stories, epics: [{ id: 'e\u0000' }] })])
    expect(odd.backlog?.stories.map(({ id }) => id)).toEqual(['story-1'])
    expect([...odd.notices.values()]).toMatchObject([
      { file: 'backlog.json', problem: 'unnamed', detail: '6 records have no id that could be told from others' },
    ])
    const cycle = told([file('tdd_cycles/c.json', { id: 'c', story_id: 's\udc00', current_state: 'design' })])
    expect([cycle.cycles.size, [...cycle.notices.keys()]]).toEqual([0, ['tdd_cycles/c.json']])
    expect(told([file('backlog.json', { stories }), file('backlog.json', backlog)]).notices.size).toBe(0)
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

import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { attentionAt } from '../../src/domain/summary/attention.ts'
import { bounded, type BoundedKind, BOUNDS, foremost, keepNewest, newest, ofAll, rankOf, type Worth } from '../../src/domain/bounded.ts'
import { forgetBeyond } from '../../src/domain/project/forget.ts'
import { openDraft } from '../../src/domain/project/draft.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { sprintOf } from '../../src/domain/project/sprint.ts'
import { MINUTE, T0, told } from '../support/told.ts'
import { flowFigures } from '../../src/domain/summary/flow-figures.ts'
import { StateTimes } from '../../views/flow/states-and-costs.tsx'
import { workflowLook } from '../../views/atoms/state-look.ts'

const STALE = { staleMinutes: 10 }
const WORTHS = ['over', 'mild', 'on', 'waits'] as const satisfies readonly Worth[]
const look = (state: ProjectState) => attentionAt(state, state.lastEventAt ?? T0, STALE)
const padding = Array.from({ length: 500 }, () => ({ type: 'chat_message', message: 'hi' }))
/** As many events as it takes until what is beyond a bound is forgotten. */
const settled = (reports: Parameters<typeof told>[0]) => told([...reports, ...padding])

describe('a bounded list', () => {
  test('keeps what is missed most, in its order, and counts before it cuts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ worth: fc.constantFrom(...WORTHS), age: fc.nat(20) }), { maxLength: 60 }),
        fc.nat(40),
        fc.nat(20),
        (entries, limit, more) => {
          const most = limit + more
          const { kept, left, total } = bounded(entries, { limit, most, worthOf: ({ worth }) => worth, ageOf: ({ age }) => age })
          expect(total).toBe(entries.length)
          expect(kept.length + left.length).toBe(total)
          expect(kept).toEqual(entries.filter((entry) => kept.includes(entry)))
          const waiting = entries.filter(({ worth }) => worth === 'waits').length
          expect(kept.length).toBe(Math.min(total, Math.max(limit, Math.min(waiting, most))))
          for (const gone of left) {
            for (const stays of kept) {
              const isMissedLess = rankOf(gone.worth) - rankOf(stays.worth) || gone.age - stays.age
              expect(isMissedLess).toBeLessThanOrEqual(0)
            }
          }
          expect(ofAll({ kept, total })).toBe(left.length === 0 ? undefined : `${kept.length} of ${total}`)
        },
      ),
    )
  })
})

test('a list in its order keeps its head, one of news its tail, and both keep all that fits', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 30 }), fc.nat(30), (entries, limit) => {
      const { kept, left, total } = foremost(entries, limit)
      expect([...kept, ...left]).toEqual(entries)
      expect([kept.length, total]).toEqual([Math.min(limit, entries.length), entries.length])
      const written = [...entries]
      keepNewest(written, limit)
      expect(written).toEqual(newest(entries, limit))
      expect([...entries.slice(0, entries.length - written.length), ...written]).toEqual(entries)
      expect(written.length).toBe(Math.min(limit, entries.length))
    }),
  )
})

/** One entry of each kind and worth, by what is reported of it. */
const asks = (id: string) => ({ type: 'approval_requested', approval_id: id, title: id })
const REPORTS: Record<BoundedKind, Partial<Record<Worth, (id: string) => object[]>>> = {
  agents: {
    over: (id) => [{ type: 'agent_status', agent_id: id, status: 'ended' }],
    mild: (id) => [{ type: 'agent_status', agent_id: id, status: 'idle' }],
    on: (id) => [{ type: 'agent_status', agent_id: id, status: 'working' }],
    waits: (id) => [{ type: 'agent_status', agent_id: id, status: ['needs_input', 'failed', 'waiting'][id.length % 3] }],
  },
  cycles: {
    over: (id) => [{ type: 'tdd_transition', story_id: id, new_state: 'commit' }],
    on: (id) => [{ type: 'tdd_transition', story_id: id, new_state: 'test_red' }],
    waits: (id) => [
      { type: 'tdd_transition', story_id: id, new_state: 'test_red' },
      { ...asks(`of ${id}`), story_id: id },
    ],
  },
  errors: {
    mild: (id) => [{ type: 'error_state', error_id: id, error_message: id, severity: 'warning' }],
    waits: (id) => [{ type: 'error_state', error_id: id, error_message: id, severity: 'critical' }],
  },
  decisions: {
    over: (id) => [{ type: 'approval_resolved', approval_id: id, decision: 'allow' }],
  },
  commands: {
    over: (id) => [{ type: 'command_execution', command_id: id, command: '/state', status: 'completed' }],
    on: (id) => [{ type: 'command_execution', command_id: id, command: '/state', status: 'started' }],
    waits: (id) => [{ type: 'command_execution', command_id: id, command: '/state', status: 'failed' }],
  },
  notices: { waits: (id) => [{ type: 'state_file', file: `${id}.json`, content: null, problem: 'damaged' }] },
  sprints: {
    over: (id) => [{ type: 'state_file', file: `sprints/${id}.json`, content: { id, status: 'completed' } }],
    on: (id) => [{ type: 'state_file', file: `sprints/${id}.json`, content: { id, status: 'planned' } }],
    waits: (id) => [{ type: 'state_file', file: `sprints/${id}.json`, content: { id, status: 'active' } }],
  },
  words: {
    mild: (id) => [{ type: 'tdd_transition', told_by: 'a', story_id: id, new_state: 'design' }],
    on: (id) => [{ type: 'state_told', told_by: 'a', story_id: id, state: 'design' }],
  },
  losses: { waits: (id) => [{ type: 'reports_lost', told_by: id, reason: 'too fast', count: 1 }] },
  fileClocks: { mild: (id) => [{ type: 'state_file', file: `${id}.json`, mtime: '2026-11-23T20:00:01.000Z', content: {} }] },
  cycleFiles: {
    mild: (id) => [{ type: 'state_file', file: `tdd_cycles/${id}.json`, content: { id, story_id: 's', current_state: 'design' } }],
  },
}

describe.each(Object.keys(BOUNDS) as BoundedKind[])('%s of a state', (kind) => {
  const { limit, most } = BOUNDS[kind]
  const worths = WORTHS.filter((worth) => REPORTS[kind][worth])

  test('are bounded, counted, and what waits or failed outlives all that came after it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(worths, { minLength: worths.length }), fc.integer({ min: 1, max: 40 }), (order, waiting) => {
        const report = (worth: Worth, index: number) => REPORTS[kind][worth]?.(`${worth}-${index}`) ?? []
        const needed = Array.from({ length: waiting }, (_, index) => report('waits', index)).flat()
        const others = order.filter((worth) => worth !== 'waits' || worths.length === 1)
        const each = Math.ceil((limit + 50) / others.length)
        const rest = others.flatMap((worth) => Array.from({ length: each }, (_, index) => report(worth, index + 1_000)).flat())
        const before = told([...needed, ...rest] as never)
        const draft = openDraft(before)
        forgetBeyond(draft, before.lastEventAt ?? T0)
        const kept = draft.next[kind]
        expect(kept.size).toBeLessThanOrEqual(Math.min(most, limit + waiting + (worths.length === 1 ? limit + 50 : 0)))
        const [keys, all] = [[...kept.keys()], [...before[kind].keys()]]
        expect(keys).toEqual(all.filter((key) => kept.has(key)))
        const waits = all.filter((key) => key.includes('waits'))
        expect(keys.filter((key) => key.includes('waits')).length).toBe(Math.min(waits.length, most))
        expect((before.forgotten[kind] ?? 0) + all.length).toBe(keys.length + (draft.next.forgotten[kind] ?? 0))
      }),
      { numRuns: 6 },
    )
  })
})

describe('among very many', () => {
  test.each(['needs_input', 'failed', 'waiting'] as const)('an agent that is %s is not forgotten', (status) => {
    const one = { type: 'agent_status', agent_id: 'one', agent_type: 'QAAgent', status }
    const others = Array.from({ length: 3_000 }, (_, index) => ({ type: 'agent_status', agent_id: `a${index}`, status: 'idle' }))
    const state = settled([one, ...others])
    expect(look(state).word).toBe(status === 'needs_input' ? 'needs_you' : status)
    expect(state.agents.size).toBeLessThanOrEqual(1_001)
    expect(state.agents.size + (state.forgotten.agents ?? 0)).toBe(3_001)
  })

  test('an agent that waits stays, and so do three thousand', () => {
    const asking = Array.from({ length: 3_000 }, (_, index) => ({ type: 'agent_status', agent_id: `a${index}`, status: 'needs_input' }))
    expect(settled(asking).agents.size).toBe(3_000)
  })

  test('a critical error outlives a hundred and fifty warnings', () => {
    const warning = (index: number) => ({ type: 'error_state', error_id: `w${index}`, error_message: 'slow', severity: 'warning' })
    const critical = { type: 'error_state', error_id: 'c', error_message: 'disk full', severity: 'critical' }
    const state = settled([critical, ...Array.from({ length: 150 }, (_, index) => warning(index))])
    expect(look(state)).toMatchObject({ word: 'failed', reason: 'error: disk full' })
    expect(state.errors.size).toBe(100)
  })

  const story = (index: number, fields: object = {}) => ({ id: `s${index}`, title: `Story ${index}`, status: 'backlog', ...fields })
  const backlog = (stories: object[], sprints: object[]) => ({ type: 'state_file', file: 'backlog.json', content: { stories, sprints } })

  test('stories of the sprint stand in a backlog of ten thousand, wherever they are in it', () => {
    const ids = ['s0', 's1', 's2']
    const all = Array.from({ length: 10_000 }, (_, index) => story(index, index < 2 ? { status: 'done', sprint_id: 'now' } : {}))
    const state = told([backlog(all, [{ id: 'now', status: 'active', story_ids: ids }])])
    expect(state.backlog).toMatchObject({ totals: { stories: 10_000, done: 2 }, isCut: false })
    expect(state.backlog?.stories.length).toBe(2_000)
    expect(sprintOf(state)).toMatchObject({ done: 2, total: 3, stories: [{ id: 's0' }, { id: 's1' }, { id: 's2' }] })
  })

  test.each(['in_progress', 'sprint', 'blocked'])('a story that is %s stands in it, too', (status) => {
    const all = Array.from({ length: 10_000 }, (_, index) => story(index, index === 0 ? { status } : {}))
    expect(told([backlog(all, [])]).backlog?.stories[0]).toMatchObject({ id: 's0', status })
  })

  test('a sprint of more stories than are listed is not done when those that are listed are', () => {
    const ids = Array.from({ length: 6_000 }, (_, index) => `s${index}`)
    const all = ids.slice(0, 5_000).map((_, index) => story(index, { status: 'done' }))
    const state = told([backlog(all, [{ id: 'now', status: 'active', story_ids: ids }])])
    expect(sprintOf(state)).toMatchObject({ done: 5_000, total: 6_000, isCut: true })
    expect(look(state).word).toBe('idle')
    expect(look(state).reason).not.toContain('all')
  })

  test('a finished story of the sprint counts after five hundred others were finished', () => {
    const step = (id: string) => ({ type: 'tdd_transition', story_id: id, new_state: 'commit' })
    const sprint = { type: 'state_file', file: 'sprints/now.json', content: { id: 'now', status: 'active', story_ids: ['mine'] } }
    const state = settled([sprint, step('mine'), ...Array.from({ length: 1_500 }, (_, index) => step(`s${index}`))])
    expect(sprintOf(state)).toMatchObject({ done: 1, total: 1 })
    expect(look(state).word).toBe('done')
  })

  test('the active sprint outlives hundreds that are over', () => {
    const sprints = Array.from({ length: 600 }, (_, index) => ({
      id: `p${index}`,
      goal: 'g',
      status: index === 0 ? 'active' : 'completed',
    }))
    expect(sprintOf(told([backlog([], sprints)]))?.id).toBe('p0')
    const files = sprints.map((content) => ({ type: 'state_file', file: `sprints/${content.id}.json`, content }))
    expect(sprintOf(settled(files))?.id).toBe('p0')
  })

  test("the figures of a story's tests count every task", () => {
    const tasks = Array.from({ length: 120 }, (_, index) => ({
      ...{ id: `t${index}`, description: `task ${index}`, current_state: index < 100 ? 'commit' : 'test_red' },
      test_file_objects: Array.from({ length: 60 }, () => ({ passing_tests: 1, failing_tests: index === 0 ? 1 : 0 })),
    }))
    const file = { type: 'state_file', file: 'tdd_cycles/c.json', content: { id: 'c', story_id: 's', current_state: 'test_red', tasks } }
    const cycle = told([file]).cycleFiles.get('c')
    expect(cycle).toMatchObject({ passingTests: 7_200, failingTests: 60, taskCount: 120 })
    expect(cycle?.tasks.filter(({ state }) => state === 'test_red').length).toBe(20)
  })

  test('a failed task outlives a thousand', () => {
    const tasks = Array.from({ length: 1_000 }, (_, index) => ({
      id: `t${index}`,
      status: index === 0 ? 'failed' : 'completed',
      command: 'c',
    }))
    const state = told([{ type: 'state_file', file: 'status.json', content: { current_state: 'IDLE', active_tasks: tasks } }])
    expect(state.tasks[0]).toMatchObject({ id: 't0', status: 'failed' })
    expect(state.tasks.length).toBe(200)
  })

  const foreign = (count: number) => Array.from({ length: count }, (_, index) => `STEP_${index}`)

  test('the state that a workflow is in is timed and shown, however many it went through', () => {
    const moves = [...foreign(80), 'SPRINT_REVIEW'].map((new_state) => ({ type: 'workflow_transition', new_state }))
    const state = told(moves)
    expect(state.workflow.stays.size).toBe(64)
    const now = state.lastEventAt ?? T0
    const times = flowFigures(state, now).stateTimes
    expect(times.find(({ state: name }) => name === 'SPRINT_REVIEW')).toMatchObject({ entered: 1, currentSince: now })
    const html = String(StateTimes({ times, since: state.firstEventAt, now }))
    expect(html).toContain(workflowLook('SPRINT_REVIEW').word)
    expect(html).toContain('52 shorter ones')
  })

  test('the steps that the table of the workflow has are counted beside any number of others', () => {
    const odd = foreign(80).map((new_state) => ({ type: 'workflow_transition', old_state: 'IDLE', new_state }))
    const { edges } = told([...odd, { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' }]).workflow
    expect(edges.size).toBe(64)
    expect(edges.get('IDLE>BACKLOG_READY')).toEqual({ count: 1, isUnexpected: false })
  })

  test('the phases that a cycle is drawn with are remembered beside any number of others', () => {
    const phases = ['design', ...foreign(40), 'test_red', 'code_green']
    const cycle = told(phases.map((new_state) => ({ type: 'tdd_transition', story_id: 's', new_state }))).cycles.get('s')
    expect(cycle?.visited.length).toBe(16)
    expect(cycle?.visited).toContain('design')
    expect(cycle?.visited).toContain('test_red')
    expect(cycle?.stays.map(({ state }) => state)).toContain('test_red')
  })

  test("a status file's word about a story that goes on is no news the second time, however many are over", () => {
    const over = Array.from({ length: 2_500 }, (_, index) => [`s${index}`, 'commit'] as const)
    const file = (file: string, minute: number, content: object) => {
      const at = T0 + minute * MINUTE
      return {
        type: 'state_file',
        file,
        mtime: new Date(at).toISOString(),
        at,
        content: { ...content, last_updated: new Date(at).toISOString() },
      }
    }
    const status = (minute: number, orchestration_mode: string) =>
      file('status.json', minute, { orchestration_mode, tdd_cycles: Object.fromEntries([...over, ['open', 'design']]) })
    const cycle = file('tdd_cycles/c.json', 5, { id: 'c', story_id: 'open', current_state: 'test_red' })
    const state = told([status(0, 'a'), cycle, status(10, 'b')])
    expect(state.cycles.get('open')?.state).toBe('test_red')
  })

  test('no word changes because something was forgotten', () => {
    const severe = { type: 'error_state', error_id: 'x', error_message: 'x', severity: 'error', at: T0 }
    const events = [
      severe,
      ...Array.from({ length: 5_000 }, (_, index) => ({ type: 'agent_status', agent_id: `a${index}`, status: 'ended', at: T0 + MINUTE })),
    ]
    expect(look(told(events)).word).toBe('failed')
  })
})

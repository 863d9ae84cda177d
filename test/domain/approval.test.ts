import { describe, expect, test } from 'bun:test'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { openQuestions, QUESTIONS_LISTED } from '../../src/domain/project/approval.ts'
import { agentAttentionAt, attentionAt } from '../../src/domain/summary/attention.ts'
import { MINUTE, T0, told } from '../support/told.ts'

const asks = (approval_id: string, fields: object = {}) => ({
  type: 'approval_requested',
  approval_id,
  title: 'Run `rm -rf build`?',
  ...fields,
})
const decides = (approval_id: string, decision: string) => ({ type: 'approval_resolved', approval_id, decision, by: 'mara' })
const open = ({ approvals }: ProjectState) => [...approvals.keys()]

describe('a question', () => {
  test('is open from when it is asked until it is decided, in the order asked', () => {
    const state = told([asks('a1', { at: T0 }), asks('a2')])
    expect(open(state)).toEqual(['a1', 'a2'])
    expect(state.approvals.get('a1')).toMatchObject({ title: 'Run `rm -rf build`?', requestedAt: T0, source: 'reported', offset: 1 })
    expect(open(told([decides('a1', 'allow')], state))).toEqual(['a2'])
  })

  test('whose title shows nothing is called by its id, and a long one keeps its end', () => {
    const titled = (title: string) => told([asks('a1', { title })]).approvals.get('a1')?.title
    for (const blank of [' ', '\u3164', '\u200b\u2800 \u00ad', '\u00a0\n', '\u{e0041}\u{e007f}', '\u001b\u0000'])
      expect(titled(blank)).toBe('a1')
    expect(titled('\u200bx')).toBe('\u200bx')
    expect(titled(`${'Really, '.repeat(1_000)}and \`rm -rf /\`?`)).toEndWith('Really, and `rm -rf /`?')
  })

  test('asked again keeps its age', () => {
    const { approvals } = told([asks('a1', { at: T0 }), asks('a1', { title: 'Really?', at: T0 + MINUTE })])
    expect(approvals.get('a1')).toMatchObject({ requestedAt: T0, title: 'Really?' })
  })

  test('leaves behind who decided what', () => {
    expect(told([asks('a1'), decides('a1', 'deny')]).decisions.get('a1')).toMatchObject({ decision: 'deny', by: 'mara', offset: 2 })
  })

  test('makes its agent wait for a person, and an answer lets it go on', () => {
    const agent = { agent_id: 'session-1', agent_type: 'claude-code' }
    const asked = told([asks('a1', agent), asks('a2', agent)])
    const statusOf = ({ agents }: ProjectState) => agents.get('session-1')?.status
    expect(statusOf(asked)).toBe('needs_input')
    expect(statusOf(told([decides('a1', 'allow')], asked))).toBe('needs_input')
    expect(statusOf(told([decides('a1', 'allow'), decides('a2', 'deny')], asked))).toBe('working')
    expect(statusOf(told([decides('a1', 'withdrawn')], asked))).toBe('needs_input')
  })

  test.each([
    ['worked', [{ type: 'agent_status', status: 'working' }], 'working'],
    ['waited for its build', [{ type: 'agent_status', status: 'waiting' }], 'waiting'],
    ['had failed', [{ type: 'agent_status', status: 'failed' }], 'failed'],
    ['was not heard of', [], 'idle'],
    [
      'had said that it needs input',
      [
        { type: 'agent_status', status: 'working' },
        { type: 'agent_status', status: 'needs_input' },
      ],
      'working',
    ],
  ])('that is withdrawn leaves an agent that %s as it was', (_, before, status) => {
    const agent = { agent_id: 'session-1', agent_type: 'claude-code' }
    const state = told([...before.map((one) => ({ ...one, ...agent })), asks('a1', agent), asks('a2', agent)])
    expect(told([decides('a1', 'withdrawn')], state).agents.get('session-1')?.status).toBe('needs_input')
    const both = told([decides('a1', 'withdrawn'), decides('a2', 'withdrawn')], state)
    expect(both.agents.get('session-1')).toMatchObject({ status, reason: undefined })
    expect(attentionAt(both, T0 + MINUTE, { staleMinutes: 10 }).word).not.toBe('needs_you')
  })

  test('that expires no longer holds its agent, before and after the state forgets it', () => {
    const agent = { agent_id: 'session-1', agent_type: 'claude-code', story_id: 's1' }
    const soon = { expires_at: new Date(T0 + 5 * MINUTE).toISOString() }
    const state = told([{ type: 'agent_status', status: 'working', ...agent, at: T0 }, asks('a1', { ...agent, ...soon, at: T0 })])
    const word = (at: number, of = state) => attentionAt(of, T0 + at, { staleMinutes: 10 }).word
    expect([word(5 * MINUTE - 1), word(5 * MINUTE), word(10 * MINUTE)]).toEqual(['needs_you', 'working', 'stale'])
    expect(openQuestions(state, T0 + 5 * MINUTE)).toMatchObject({ count: 0, oldestAt: undefined })
    const chat = Array.from({ length: 500 }, () => ({ type: 'chat_message', message: 'hi', at: T0 + 6 * MINUTE }))
    const later = told(chat, state)
    expect(open(later)).toEqual([])
    expect(later.decisions.get('a1')).toMatchObject({ decision: 'expired', at: T0 + 5 * MINUTE })
    expect(later.agents.get('session-1')).toMatchObject({ status: 'working', since: T0 + 5 * MINUTE, lastEventAt: T0 })
    expect(word(10 * MINUTE, later)).toBe('stale')
  })

  test('without an end holds its agent although another one expired', () => {
    const agent = { agent_id: 'session-1' }
    const state = told([asks('a1', agent), asks('a2', { ...agent, expires_at: new Date(T0 + MINUTE).toISOString(), at: T0 })])
    const [told1] = [...state.agents.values()]
    expect(agentAttentionAt(told1!, T0 + 60 * MINUTE, { staleMinutes: 10 }).word).toBe('needs_you')
    const answered = told([{ ...decides('a1', 'allow'), at: T0 + 60 * MINUTE }], state)
    expect(answered.agents.get('session-1')?.status).toBe('working')
  })

  test('that is asked again after it expired is a new one', () => {
    const first = asks('a1', { at: T0, expires_at: new Date(T0 + MINUTE).toISOString() })
    const state = told([first, asks('a1', { at: T0 + 5 * MINUTE })])
    expect(state.approvals.get('a1')).toMatchObject({ requestedAt: T0 + 5 * MINUTE, expiresAt: undefined })
  })

  test('ends with its agent, and with the session that its agent belongs to', () => {
    const child = { agent_id: 'session-1/sub', parent_agent_id: 'session-1' }
    const state = told([
      asks('a1', child),
      asks('a2', { agent_id: 'other' }),
      { type: 'agent_status', agent_id: 'session-1', status: 'ended' },
    ])
    expect(open(state)).toEqual(['a2'])
    expect(state.decisions.get('a1')).toMatchObject({ decision: 'ended', by: undefined })
  })

  test.each([
    ['2026-11-23T20:40:00Z', undefined, Date.UTC(2026, 10, 23, 20, 40)],
    ['2026-11-23T21:40:00', '2026-11-23T21:30:00.5', Date.UTC(2026, 10, 23, 20, 40)],
    ['2026-11-23T21:40:00', '2026-11-23T20:30:00Z', undefined],
    ['2026-11-23T20:40:00Z', '2026-11-23T20:28:30Z', Date.UTC(2026, 10, 23, 20, 40)],
    ['2026-11-23T19:35:00Z', '2026-11-23T19:30:00Z', Date.UTC(2026, 10, 23, 20, 35)],
    ['2026-11-23T22:35:00+01:00', '2026-11-23T21:30:00Z', Date.UTC(2026, 10, 23, 20, 35)],
    ['1970-01-01T00:15:00Z', '1970-01-01T00:05:00Z', Date.UTC(2026, 10, 23, 20, 40)],
    ['2026-11-23T21:30:00', '2026-11-23T21:25:00', Date.UTC(2026, 10, 23, 20, 35)],
    ['2026-11-23T21:40:00', undefined, undefined],
    ['soon', undefined, undefined],
  ])('that expires at %s, stamped %s, is placed by the clock that stamped it', (expires_at, timestamp, expiresAt) => {
    expect(told([asks('a1', { expires_at, timestamp, at: T0 })]).approvals.get('a1')?.expiresAt).toBe(expiresAt as number)
  })
})

describe('of what comes late', () => {
  const said = (minutes: number) => ({ timestamp: new Date(T0 + minutes * MINUTE).toISOString() })
  const local = (minutes: number) => ({ timestamp: new Date(T0 + minutes * MINUTE).toISOString().replace('Z', '') })
  const allowed = { ...decides('a1', 'allow'), at: T0 + 2 * MINUTE }

  test.each([
    ['without a clock', {}, []],
    ['said before the decision', said(0), []],
    ['said in local time', local(0), []],
    ['said an hour after the decision', said(62), ['a1']],
  ])('a request that comes after the decision of a question nobody heard, %s, opens %p', (_, clock, opened) => {
    const asked = asks('a1', { agent_id: 'session-1', at: T0 + 90 * MINUTE, ...clock })
    const state = told([allowed, asked])
    expect(open(state)).toEqual(opened)
    expect(state.agents.has('session-1')).toBe(opened.length > 0)
  })

  test.each([
    ['the same request once more', said(0), []],
    ['one that was made before the decision', said(1), []],
    ['one that was made after it', said(3), ['a1']],
    ['the same by a clock without a zone', local(0), []],
    ['a later one by a clock without a zone', local(3), ['a1']],
    ['one without a clock', {}, ['a1']],
  ])('after the decision of a question that was heard %s opens %p', (_, clock, opened) => {
    const zone = 'timestamp' in clock && !clock.timestamp?.endsWith('Z') ? local(0) : said(0)
    const state = told([asks('a1', { at: T0, ...zone }), allowed, asks('a1', { at: T0 + 9 * MINUTE, ...clock })])
    expect(open(state)).toEqual(opened)
  })

  test('the clock of whoever asks is set right by when its question came: it may be fast, slow or of another year', () => {
    for (const wrong of [-7, 7, 525_600 * 4]) {
      const at = (minutes: number) => said(minutes + wrong)
      const state = told([asks('a1', { at: T0, ...at(0) }), allowed, asks('a1', { at: T0 + 9 * MINUTE, ...at(1) })])
      expect(open(state)).toEqual([])
      expect(open(told([asks('a1', { at: T0 + 10 * MINUTE, ...at(10) })], state))).toEqual(['a1'])
    }
  })

  test('of two decisions the first stands', () => {
    const state = told([asks('a1'), decides('a1', 'deny'), { ...decides('a1', 'allow'), by: 'ben' }, decides('a1', 'withdrawn')])
    expect(state.decisions.get('a1')).toMatchObject({ decision: 'deny', by: 'mara', offset: 2 })
  })

  test('a question that was asked anew is not closed by the decision before it, told once more', () => {
    const decided = { ...decides('a1', 'allow'), ...said(2), at: T0 + 2 * MINUTE }
    const anew = told([
      asks('a1', { at: T0, ...said(0) }),
      decided,
      asks('a1', { at: T0 + 3 * MINUTE, ...said(3) }),
      { ...decided, at: T0 + 4 * MINUTE },
    ])
    expect(open(anew)).toEqual(['a1'])
    expect(told([{ ...decides('a1', 'deny'), ...said(5) }], anew).decisions.get('a1')?.decision).toBe('deny')
  })

  test('the clock of another orchestrator says nothing of which decision or request came first', () => {
    const [houston, moscow] = [{ told_by: 'houston' }, { told_by: 'moscow' }]
    const decided = { ...decides('a1', 'allow'), ...said(2), ...houston, at: T0 + 2 * MINUTE }
    const answered = told([asks('a1', { at: T0, ...said(0), ...houston }), decided])
    const late = { at: T0 + 9 * MINUTE, ...said(1) }
    expect(open(told([asks('a1', { ...late, ...houston })], answered))).toEqual([])
    const anew = told([asks('a1', { ...late, ...moscow })], answered)
    expect(open(anew)).toEqual(['a1'])
    expect(open(told([{ ...decides('a1', 'deny'), ...late, ...houston }], anew))).toEqual(['a1'])
    expect(open(told([{ ...decides('a1', 'deny'), ...late, ...moscow }], anew))).toEqual([])
  })

  test('an answer is not undone: the agent that was answered does not ask again', () => {
    const agent = { agent_id: 'session-1' }
    const state = told([asks('a1', { ...agent, at: T0, ...said(0) }), allowed, asks('a1', { ...agent, at: T0 + 9 * MINUTE, ...said(0) })])
    expect(state.agents.get('session-1')).toMatchObject({ status: 'working', lastEventAt: T0 + 2 * MINUTE })
  })
})

describe('very many questions', () => {
  const many = (count: number, fields: object = {}) =>
    Array.from({ length: count }, (_, index) => asks(`a${index}`, { description: `first ${'x'.repeat(100)} last ${index}`, ...fields }))

  test('are all open; those beyond two hundred without their text, and they say so', () => {
    const state = told(many(3_000))
    expect(openQuestions(state, T0)).toMatchObject({ count: 3_000, unlisted: 0 })
    expect(state.approvals.get('a199')).not.toHaveProperty('isShortened')
    expect(state.approvals.get('a2999')).toMatchObject({ description: undefined, isShortened: true, offset: 3_000 })
  })

  test('are counted where they are too many to be listed, and the oldest stays', () => {
    const state = told([...many(QUESTIONS_LISTED + 7), decides('a3', 'allow'), asks('late')])
    expect(openQuestions(state, T0)).toMatchObject({ count: QUESTIONS_LISTED + 7, unlisted: 7 })
    expect(open(state)[0]).toBe('a0')
    expect(open(state).at(-1)).toBe('late')
  })

  test('of a file are open, too, and stay closed once they were decided', () => {
    const lists = (ids: string[], context = '') => ({
      ...{ type: 'state_file', file: 'status.json' },
      content: { current_state: 'SPRINT_ACTIVE', pending_approvals: [...ids, ...ids], context },
    })
    const ids = Array.from({ length: 700 }, (_, index) => `task-${index}`)
    const listed = told([lists(ids)])
    expect(openQuestions(listed, T0).count).toBe(700)
    const decided = told(
      ids.slice(0, 400).map((id) => decides(id, 'allow')),
      listed,
    )
    const chat = Array.from({ length: 1_000 }, () => ({ type: 'chat_message', message: 'hi' }))
    const again = told([lists(ids, 'written again'), ...chat, lists(ids, 'and again')], decided)
    expect(openQuestions(again, T0).count).toBe(300)
    expect(openQuestions(told([lists([], 'empty'), ...chat], again), T0).count).toBe(0)
    expect(told([lists([], 'empty'), ...chat], again).decisions.size).toBeLessThanOrEqual(100)
  })
})

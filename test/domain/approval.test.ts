import { describe, expect, test } from 'bun:test'
import type { ProjectState } from '../../src/domain/project-state.ts'
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
    expect(statusOf(told([decides('a1', 'withdrawn'), decides('a2', 'withdrawn')], asked))).toBe('needs_input')
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

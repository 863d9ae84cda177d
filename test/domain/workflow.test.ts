import { describe, expect, test } from 'bun:test'
import { MINUTE, T0, told } from '../support/told.ts'

const to = (new_state: string, fields: object = {}) => ({ type: 'workflow_transition', new_state, ...fields })

describe('the workflow of a project', () => {
  test('is idle before anything was told', () => {
    expect(told([]).workflow).toMatchObject({ state: 'IDLE', enteredAt: undefined, hasTransition: false })
  })

  test('is where the last transition led, since it was received', () => {
    const { workflow, transitions } = told([
      to('BACKLOG_READY', { old_state: 'IDLE', timestamp: '2020-01-01T00:00:00', at: T0 }),
      to('SPRINT_PLANNED', { old_state: 'BACKLOG_READY', command: '/sprint plan', user: 'mara', at: T0 + MINUTE }),
    ])
    expect(workflow).toMatchObject({
      state: 'SPRINT_PLANNED',
      enteredAt: T0 + MINUTE,
      offset: 2,
      hasTransition: true,
      by: 'mara',
      command: '/sprint plan',
    })
    expect(transitions[0]).toMatchObject({
      at: T0,
      timestamp: '2020-01-01T00:00:00',
      machine: 'workflow',
      from: 'IDLE',
      to: 'BACKLOG_READY',
      isUnexpected: false,
    })
  })

  test('accepts every transition, and marks those that the table lacks', () => {
    const { workflow, transitions } = told([
      to('BACKLOG_READY', { old_state: 'IDLE' }),
      to('SPRINT_REVIEW'),
      to('ON_FIRE', { old_state: 'SPRINT_ACTIVE' }),
    ])
    expect(workflow.state).toBe('ON_FIRE')
    expect(transitions.map(({ from, to: state, isUnexpected }) => [from, state, isUnexpected])).toEqual([
      ['IDLE', 'BACKLOG_READY', false],
      ['BACKLOG_READY', 'SPRINT_REVIEW', true],
      ['SPRINT_ACTIVE', 'ON_FIRE', true],
    ])
    expect([...workflow.edges]).toEqual([
      ['IDLE>BACKLOG_READY', { count: 1, isUnexpected: false }],
      ['BACKLOG_READY>SPRINT_REVIEW', { count: 1, isUnexpected: true }],
      ['SPRINT_ACTIVE>ON_FIRE', { count: 1, isUnexpected: true }],
    ])
  })

  test('goes on with its stay when the same state is told again', () => {
    const { workflow, transitions } = told([to('BACKLOG_READY', { at: T0 }), to('BACKLOG_READY', { command: '/epic', at: T0 + MINUTE })])
    expect(workflow).toMatchObject({ enteredAt: T0, offset: 1 })
    expect(workflow.stays.get('BACKLOG_READY')).toEqual({ count: 1, ms: 0 })
    expect(transitions).toHaveLength(2)
  })

  test('counts how often and how long each state was held', () => {
    const { workflow } = told([
      to('SPRINT_ACTIVE', { at: T0 }),
      to('SPRINT_PAUSED', { at: T0 + 5 * MINUTE }),
      to('SPRINT_ACTIVE', { at: T0 + 7 * MINUTE }),
      to('BLOCKED', { at: T0 + 8 * MINUTE }),
    ])
    expect([...workflow.stays]).toEqual([
      ['SPRINT_ACTIVE', { count: 2, ms: 6 * MINUTE }],
      ['SPRINT_PAUSED', { count: 1, ms: 2 * MINUTE }],
      ['BLOCKED', { count: 1, ms: 0 }],
    ])
  })

  test('takes a concluded state only as long as no transition was seen', () => {
    const inferred = to('SPRINT_ACTIVE', { inferred: true })
    expect(told([inferred]).workflow).toMatchObject({ state: 'SPRINT_ACTIVE', hasTransition: false })
    expect(told([inferred]).transitions).toMatchObject([{ source: 'inferred', isUnexpected: false }])
    expect(told([to('BACKLOG_READY'), inferred]).workflow).toMatchObject({ state: 'BACKLOG_READY', hasTransition: true })
  })

  test('is not moved by CI: the orchestrator says when it is blocked', () => {
    const failed = { type: 'ci_status', status: 'failed' }
    const state = told([to('SPRINT_ACTIVE'), failed, failed, failed])
    expect(state.workflow.state).toBe('SPRINT_ACTIVE')
    expect(state.ci).toMatchObject({ status: 'failed', failuresInRow: 3 })
  })

  test('forgets the errors of a state in which something was wrong, once it is left', () => {
    const error = { type: 'error_state', error_message: 'disk full' }
    expect(told([to('ERROR'), error, to('IDLE')]).errors.size).toBe(0)
    expect(told([to('SPRINT_ACTIVE'), error, to('SPRINT_PAUSED')]).errors.size).toBe(1)
  })
})

describe('the last run of CI', () => {
  const ci = (status: string) => ({ type: 'ci_status', status })

  test('counts failures in a row; only a pass ends them', () => {
    expect(told([ci('failed'), ci('running'), ci('error'), ci('failed')]).ci).toMatchObject({ status: 'failed', failuresInRow: 2 })
    expect(told([ci('failed'), ci('passed')]).ci).toMatchObject({ status: 'passed', failuresInRow: 0 })
  })
})

describe('an error', () => {
  const error = { type: 'error_state', error_message: 'disk full', error_id: 'e1', error_type: 'io' }

  test('holds from when it was first told until it is resolved', () => {
    const open = told([
      { ...error, at: T0 },
      { ...error, severity: 'Critical', at: T0 + MINUTE },
    ])
    expect([...open.errors.values()]).toEqual([
      { errorId: 'e1', type: 'io', message: 'disk full', severity: 'critical', at: T0, offset: 2 },
    ])
    expect(told([{ ...error, resolved: true }], open).errors.size).toBe(0)
  })

  test('without an id is one of its type and story', () => {
    const unnamed = { type: 'error_state', error_type: 'git', error_message: 'conflict', story_id: 's1' }
    expect(told([unnamed, unnamed, { ...unnamed, story_id: 's2' }]).errors.size).toBe(2)
  })
})

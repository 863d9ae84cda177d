import { describe, expect, test } from 'bun:test'
import { isExpectedWorkflowStep, nextCommands, WORKFLOW_STATES, workflowWord } from '../../src/domain/project/workflow-machine.ts'
import allowedByState from '../samples/workflow-allowed-commands-by-state.json'

describe('the workflow machine', () => {
  test.each(Object.entries(allowedByState))('allows in %s what real orchestrators allow', (state, commands) => {
    expect([...new Set(nextCommands(state).map(({ command }) => command))].sort()).toEqual(commands)
  })

  test('knows every state that orchestrators know', () => {
    expect(Object.keys(allowedByState).sort()).toEqual([...WORKFLOW_STATES].sort())
  })

  test.each([
    ['IDLE', 'BACKLOG_READY', true],
    ['SPRINT_ACTIVE', 'SPRINT_REVIEW', true],
    ['SPRINT_ACTIVE', 'BLOCKED', true],
    ['SPRINT_REVIEW', 'IDLE', true],
    ['BACKLOG_READY', 'BACKLOG_READY', true],
    ['IDLE', 'SPRINT_ACTIVE', false],
    ['SPRINT_REVIEW', 'SPRINT_ACTIVE', false],
    ['ERROR', 'IDLE', false],
  ])('a step from %s to %s is expected: %s', (from, to, isExpected) => {
    expect(isExpectedWorkflowStep(from, to)).toBe(isExpected)
  })

  test('expects anything where it is not known what was before', () => {
    expect(isExpectedWorkflowStep(undefined, 'SPRINT_REVIEW')).toBe(true)
  })

  test('names first what moves, and where it leads', () => {
    expect(nextCommands('SPRINT_ACTIVE')[0]).toEqual({ command: '/sprint pause', to: 'SPRINT_PAUSED' })
    expect(nextCommands('BLOCKED').slice(0, 2)).toEqual([
      { command: '/suggest_fix', to: 'SPRINT_ACTIVE' },
      { command: '/skip_task', to: 'SPRINT_ACTIVE' },
    ])
    expect(nextCommands('SPRINT_REVIEW').filter(({ to }) => to === 'SPRINT_REVIEW')).toEqual([{ command: '/state', to: 'SPRINT_REVIEW' }])
  })

  test('speaks friendly words, and leaves unknown states as they are', () => {
    expect(WORKFLOW_STATES.map(workflowWord)).toEqual(['Idle', 'Ready', 'Planned', 'Active', 'Paused', 'In review', 'Blocked'])
    expect(workflowWord('ON_FIRE')).toBe('ON_FIRE')
  })
})

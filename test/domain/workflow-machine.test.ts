import { describe, expect, test } from 'bun:test'
import { commandRefusal, knownCommand } from '../../src/domain/project/workflow-commands.ts'
import {
  allowedCommands,
  isExpectedWorkflowStep,
  nextCommands,
  WORKFLOW_STATES,
  workflowWord,
} from '../../src/domain/project/workflow-machine.ts'
import allowedByState from '../samples/workflow-allowed-commands-by-state.json'

describe('the workflow machine', () => {
  test.each(Object.entries(allowedByState))('allows in %s what real orchestrators allow', (state, commands) => {
    expect(allowedCommands(state)).toEqual(commands)
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

describe('a refused command', () => {
  test('says what it was, the state, what is allowed, and what to do first', () => {
    expect(commandRefusal('/sprint start', 'IDLE')).toEqual({
      command: '/sprint start',
      state: 'IDLE',
      allowed: ['/backlog add_story', '/backlog prioritize', '/backlog remove', '/backlog view', '/epic', '/state'],
      message: 'Command /sprint start not allowed in state IDLE',
      hint: 'Run /epic, then /sprint plan first.',
    })
  })

  test.each([
    ['/sprint pause', 'SPRINT_PAUSED', 'Run /sprint resume first.'],
    ['/epic', 'SPRINT_REVIEW', 'Run /request_changes first.'],
    ['/sprint resume', 'IDLE', 'Run /epic, then /sprint plan, then /sprint start, then /sprint pause first.'],
    ['/feedback', 'SPRINT_ACTIVE', 'It is possible once all tasks are done.'],
    ['/feedback', 'SPRINT_PLANNED', 'Run /sprint start first; it is possible once all tasks are done.'],
    ['/suggest_fix', 'SPRINT_ACTIVE', 'It is possible once CI has failed three times.'],
    ['/sprint strat', 'SPRINT_PLANNED', 'Did you mean /sprint start?'],
    ['/epic', 'ON_FIRE', 'Allowed now: /backlog add_story, /backlog prioritize, /backlog remove, /backlog view, /state.'],
  ])('%s in %s hints: %s', (command, state, hint) => {
    expect(commandRefusal(command, state)?.hint).toBe(hint)
  })

  test('takes arguments with a command, and nothing that only begins like one', () => {
    expect(commandRefusal('/epic "Take card payments"', 'IDLE')).toBeUndefined()
    expect(commandRefusal('/backlog  view product', 'IDLE')).toBeUndefined()
    expect(knownCommand('/epicentre')).toBeUndefined()
    expect(commandRefusal('/epicentre', 'IDLE')?.command).toBe('/epicentre')
  })
})

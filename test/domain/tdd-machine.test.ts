import { describe, expect, test } from 'bun:test'
import { isExpectedTddStep, TDD_STATES, tddAgent, tddWord } from '../../src/domain/project/tdd-machine.ts'

const steps = TDD_STATES.flatMap((from) => TDD_STATES.map((to) => `${from}>${to}`))

describe('the TDD machine', () => {
  test('is surprised by exactly the steps that neither a command nor a drawn back edge makes', () => {
    const unexpected = steps.filter((step) => {
      const [from, to = ''] = step.split('>')
      return !isExpectedTddStep(from, to)
    })
    expect(unexpected).toEqual([
      ...['design>code_green', 'design>refactor', 'test_red>refactor', 'refactor>test_red'],
      ...['commit>test_red', 'commit>code_green', 'commit>refactor'],
    ])
  })

  test('knows whose phase it is, and a friendly word for it', () => {
    expect(TDD_STATES.map(tddAgent)).toEqual(['DesignAgent', 'QAAgent', 'CodeAgent', 'CodeAgent', 'CodeAgent'])
    expect(TDD_STATES.map(tddWord)).toEqual(['Design', 'Test red', 'Code green', 'Refactor', 'Commit'])
    expect([tddAgent('elsewhere'), tddWord('elsewhere')]).toEqual([undefined, 'elsewhere'])
  })
})

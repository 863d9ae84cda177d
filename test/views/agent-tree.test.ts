import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Agent } from '../../src/domain/project/project-state.ts'
import { agentTree } from '../../views/agent/agent-tree.ts'

const agent = (agentId: string, parentId?: string, startedAt = 0): Agent => ({
  agentId,
  agentType: 'CodeAgent',
  parentId,
  storyId: undefined,
  status: 'working',
  statusBefore: 'idle',
  asking: undefined,
  endSaid: undefined,
  since: 0,
  startedAt,
  offset: 1,
  lastEventAt: 0,
  action: undefined,
  reason: undefined,
  tool: undefined,
  usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, costUsd: 0 },
})
const team = (...agents: Agent[]) => new Map(agents.map((one) => [one.agentId, one]))
const drawn = (...agents: Agent[]) => agentTree(team(...agents)).map((line) => `${'  '.repeat(line.depth)}${line.agent.agentId}`)

test('agents stand below those who started them, oldest first', () => {
  expect(drawn(agent('b', 'a', 3), agent('a'), agent('d', 'b', 5), agent('c', 'a', 2))).toEqual(['a', '  c', '  b', '    d'])
})

test('one whose parent is unknown stands at the top', () => {
  expect(drawn(agent('a', 'nobody'))).toEqual(['a'])
})

test('nobody vanishes and nobody stands twice, whoever claims to be whose child', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  fc.assert(
    fc.property(fc.dictionary(names, fc.option(names, { nil: undefined })), (parents) => {
      const agents = Object.entries(parents).map(([name, parent]) => agent(name, parent))
      const shown = agentTree(team(...agents)).map((line) => line.agent.agentId)
      expect(shown.toSorted()).toEqual(Object.keys(parents).toSorted())
    }),
  )
})

test('a long line of parents ends its indentation', () => {
  const chain = Array.from({ length: 40 }, (_, index) => agent(`a${index}`, index > 0 ? `a${index - 1}` : undefined))
  expect(Math.max(...agentTree(team(...chain)).map(({ depth }) => depth))).toBe(6)
})

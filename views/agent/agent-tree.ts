import type { Agent } from '../../src/domain/project/project-state.ts'

/** One line of the tree: `rails` says for each level above whether its line goes on below this row. */
export type AgentLine = { agent: Agent; depth: number; rails: boolean[]; isLast: boolean }

/** Levels that are indented; deeper ones stand at the last. */
const DEEPEST = 6

/**
 * Agents below those that started them, each once, oldest first. One whose parent is unknown, or whose line of parents
 * leads back to itself, stands at the top: reporters may be wrong, nobody may vanish for it.
 */
export function agentTree(agents: ReadonlyMap<string, Agent>): AgentLine[] {
  const children = Map.groupBy(agents.values(), (agent) => parentOf(agent, agents))
  const lines: AgentLine[] = []
  const place = (agent: Agent, rails: boolean[], isLast: boolean) => {
    lines.push({ agent, depth: rails.length, rails, isLast })
    const below = inTreeOrder(children.get(agent.agentId) ?? [])
    const deeper = rails.length < DEEPEST ? [...rails, !isLast] : rails
    below.forEach((child, index) => place(child, deeper, index === below.length - 1))
  }
  const roots = inTreeOrder(children.get(undefined) ?? [])
  roots.forEach((root, index) => place(root, [], index === roots.length - 1))
  return lines
}

function inTreeOrder(agents: Agent[]): Agent[] {
  return agents.toSorted((one, other) => one.startedAt - other.startedAt || one.agentId.localeCompare(other.agentId, 'en'))
}

function parentOf(agent: Agent, agents: ReadonlyMap<string, Agent>): string | undefined {
  const seen = new Set([agent.agentId])
  let parent = agent.parentId
  while (parent !== undefined && agents.has(parent)) {
    if (seen.has(parent)) return undefined
    seen.add(parent)
    parent = agents.get(parent)?.parentId
  }
  return agent.parentId !== undefined && agents.has(agent.parentId) ? agent.parentId : undefined
}

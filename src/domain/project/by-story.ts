import type { Agent, Approval } from './project-state.ts'

type Grouped<V> = ReadonlyMap<string | undefined, readonly V[]>

/** The entries of a map by their story. A state's maps are replaced when they change, so each is grouped once. */
function byStory<V extends { storyId: string | undefined }>(): (all: ReadonlyMap<string, V>, storyId: string) => readonly V[] {
  const known = new WeakMap<ReadonlyMap<string, V>, Grouped<V>>()
  return (all, storyId) => {
    const grouped = known.get(all) ?? Map.groupBy(all.values(), (entry) => entry.storyId)
    known.set(all, grouped)
    return grouped.get(storyId) ?? []
  }
}

/** The agents at a story, of a state that is complete. */
export const agentsOf = byStory<Agent>()

/** The questions that hold a story up, of a state that is complete. */
export const questionsOf = byStory<Approval>()

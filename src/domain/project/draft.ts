import type { ProjectState } from './project-state.ts'

/** A state in the making: `next` shares its containers with `before` until `copyOnWrite` copies one. */
export type Draft = { readonly before: ProjectState; readonly next: ProjectState }

/** Begins a batch; the given state is not changed. */
export function openDraft(state: ProjectState): Draft {
  return { before: state, next: { ...state } }
}

type Container = Exclude<
  {
    [Key in keyof ProjectState]: ProjectState[Key] extends ReadonlyMap<unknown, unknown> | readonly unknown[] ? Key : never
  }[keyof ProjectState],
  'tasks' | 'statusCycles'
>

const copyMap = <K, V>(map: ReadonlyMap<K, V>) => new Map(map)
const copyList = <V>(list: readonly V[]) => [...list]

const COPIES: { [Key in Container]: (container: ProjectState[Key]) => ProjectState[Key] } = {
  transitions: copyList,
  minutes: copyList,
  flowDays: copyList,
  measured: copyList,
  cycles: copyMap,
  agents: copyMap,
  approvals: copyMap,
  decisions: copyMap,
  errors: copyMap,
  commands: copyMap,
  notices: copyMap,
  words: copyMap,
  losses: copyMap,
  sprints: copyMap,
  cycleFiles: copyMap,
  fileClocks: copyMap,
  storyCosts: copyMap,
}

/** A container that may be changed: copied when a batch first asks for it. */
export function copyOnWrite<Key extends Container>({ before, next }: Draft, key: Key): ProjectState[Key] {
  if (next[key] === before[key]) next[key] = COPIES[key](before[key])
  return next[key]
}

/** The same for the workflow and its containers. */
export function copyWorkflowOnWrite({ before, next }: Draft): ProjectState['workflow'] {
  const { workflow } = next
  if (workflow === before.workflow)
    next.workflow = { ...workflow, edges: new Map(workflow.edges), stays: new Map(workflow.stays), moves: [...workflow.moves] }
  return next.workflow
}

import type { Agent, Cycle, ProjectState } from './project-state.ts'

export type Difference = {
  kind: 'workflow' | 'cycle' | 'agent' | 'approval'
  name: string
  was: string | undefined
  is: string | undefined
}

/** What differs between two states of a project: workflow, cycles, agents, questions. */
export function stateDifferences(was: ProjectState, is: ProjectState): Difference[] {
  const workflow = { kind: 'workflow', name: 'Workflow', was: was.workflow.state, is: is.workflow.state } as const
  return [
    ...(workflow.was === workflow.is ? [] : [workflow]),
    ...differing('cycle', words(was.cycles, cycleWord), words(is.cycles, cycleWord)),
    ...differing('agent', words(was.agents, agentWord), words(is.agents, agentWord)),
    ...differing('approval', questions(was), questions(is)),
  ]
}

type Words = ReadonlyMap<string, { name: string; word: string }>

function differing(kind: Difference['kind'], was: Words, is: Words): Difference[] {
  const keys = new Set([...was.keys(), ...is.keys()])
  return [...keys].flatMap((key) => {
    const [before, after] = [was.get(key), is.get(key)]
    if (before?.word === after?.word) return []
    return [{ kind, name: (before ?? after)?.name ?? key, was: before?.word, is: after?.word }]
  })
}

function words<V>(members: ReadonlyMap<string, V>, wordOf: (member: V) => { name: string; word: string }): Words {
  return new Map([...members].map(([key, member]) => [key, wordOf(member)]))
}

const cycleWord = ({ storyId, state, completedAt }: Cycle) => ({
  name: storyId,
  word: completedAt === undefined ? state : `${state}, completed`,
})
const agentWord = ({ agentId, status }: Agent) => ({ name: agentId, word: status })

function questions({ approvals, decisions }: ProjectState): Words {
  const asked = new Map<string, { name: string; word: string }>()
  for (const [approvalId, { decision }] of decisions) asked.set(approvalId, { name: approvalId, word: decision })
  for (const [approvalId, { title }] of approvals) asked.set(approvalId, { name: title, word: 'open' })
  return asked
}

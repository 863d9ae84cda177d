import { nearestWord } from '../nearest-word.ts'
import { WORKFLOW_COMMANDS, WORKFLOW_EDGES, type WorkflowEdge, allowedCommands, isWorkflowState } from './workflow-machine.ts'

type CommandRefusal = { command: string; state: string; allowed: string[]; message: string; hint: string }

/** The command that a text begins with; undefined when it is none of the table. */
export function knownCommand(text: string): string | undefined {
  const words = text.trim().replace(/\s+/g, ' ')
  return WORKFLOW_COMMANDS.find((command) => words === command || words.startsWith(`${command} `))
}

/** Why a command is not allowed in a state, with a hint; undefined when it is allowed. */
export function commandRefusal(text: string, state: string): CommandRefusal | undefined {
  const command = knownCommand(text)
  const allowed = allowedCommands(state)
  if (command !== undefined && allowed.includes(command)) return undefined
  const named = command ?? text.trim()
  return { command: named, state, allowed, message: `Command ${named} not allowed in state ${state}`, hint: hintFor(command, named, state) }
}

function hintFor(command: string | undefined, named: string, state: string): string {
  if (command === undefined) return unknownHint(named, state)
  const goals = new Set<string>(WORKFLOW_EDGES.filter((edge) => edge.command === command).map((edge) => edge.from))
  const path = shortestPath(state, goals)
  if (path === undefined) return `Allowed now: ${allowedCommands(state).join(', ')}.`
  const commands = path.flatMap((edge) => edge.command ?? [])
  const conditions = path.flatMap((edge) => edge.when ?? [])
  const run = `Run ${commands.join(', then ')}`
  if (conditions.length === 0) return `${run} first.`
  const wait = `possible once ${conditions.join(' and ')}.`
  return commands.length === 0 ? `It is ${wait}` : `${run} first; it is ${wait}`
}

function unknownHint(named: string, state: string): string {
  const meant = nearestWord(named, WORKFLOW_COMMANDS)
  return meant === undefined ? `Allowed now: ${allowedCommands(state).join(', ')}.` : `Did you mean ${meant}?`
}

function shortestPath(from: string, goals: ReadonlySet<string>): WorkflowEdge[] | undefined {
  if (!isWorkflowState(from)) return undefined
  const edges = WORKFLOW_EDGES.filter((edge) => edge.from !== edge.to).sort((a, b) => Number(!a.command) - Number(!b.command))
  const seen = new Set<string>([from])
  let paths: { at: string; path: WorkflowEdge[] }[] = [{ at: from, path: [] }]
  while (paths.length > 0) {
    const arrived = paths.find(({ at }) => goals.has(at))
    if (arrived) return arrived.path
    const longer = paths.flatMap(({ at, path }) =>
      edges.filter((edge) => edge.from === at).map((edge) => ({ at: edge.to, path: [...path, edge] })),
    )
    paths = longer.filter(({ at }) => !seen.has(at) && seen.add(at))
  }
  return undefined
}

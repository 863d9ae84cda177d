import type { ProjectState } from './project-state.ts'

/**
 * A state while a batch is folded into it. `next` shares every container with `before` until somebody asks for one to
 * write to: so a container that no event touched is the same object afterwards, and a batch copies each at most once. Nobody asks for what does not change.
 */
export type Draft = { readonly before: ProjectState; readonly next: ProjectState }

/** Begins a batch on a state that stays as it is. */
export function openDraft(state: ProjectState): Draft {
  return { before: state, next: { ...state } }
}

/** The workflow, to be written to. */
export function writableWorkflow({ before, next }: Draft): ProjectState['workflow'] {
  const { workflow } = next
  if (workflow === before.workflow)
    next.workflow = { ...workflow, edges: new Map(workflow.edges), stays: new Map(workflow.stays), moves: [...workflow.moves] }
  return next.workflow
}

/** The last transitions, to be written to. */
export function writableTransitions({ before, next }: Draft): ProjectState['transitions'] {
  if (next.transitions === before.transitions) next.transitions = [...before.transitions]
  return next.transitions
}

/** The events by the minute, to be written to. */
export function writableMinutes({ before, next }: Draft): ProjectState['minutes'] {
  if (next.minutes === before.minutes) next.minutes = [...before.minutes]
  return next.minutes
}

/** The cycles, to be written to. */
export function writableCycles({ before, next }: Draft): ProjectState['cycles'] {
  if (next.cycles === before.cycles) next.cycles = new Map(before.cycles)
  return next.cycles
}

/** The agents, to be written to. */
export function writableAgents({ before, next }: Draft): ProjectState['agents'] {
  if (next.agents === before.agents) next.agents = new Map(before.agents)
  return next.agents
}

/** What ended on each day, to be written to. */
export function writableFlowDays({ before, next }: Draft): ProjectState['flowDays'] {
  if (next.flowDays === before.flowDays) next.flowDays = [...before.flowDays]
  return next.flowDays
}

/** The last durations, to be written to. */
export function writableMeasured({ before, next }: Draft): ProjectState['measured'] {
  if (next.measured === before.measured) next.measured = [...before.measured]
  return next.measured
}

/** What stories cost, to be written to. */
export function writableStoryCosts({ before, next }: Draft): ProjectState['storyCosts'] {
  if (next.storyCosts === before.storyCosts) next.storyCosts = new Map(before.storyCosts)
  return next.storyCosts
}

/** The open questions, to be written to. */
export function writableApprovals({ before, next }: Draft): ProjectState['approvals'] {
  if (next.approvals === before.approvals) next.approvals = new Map(before.approvals)
  return next.approvals
}

/** The decided questions, to be written to. */
export function writableDecisions({ before, next }: Draft): ProjectState['decisions'] {
  if (next.decisions === before.decisions) next.decisions = new Map(before.decisions)
  return next.decisions
}

/** The errors that hold, to be written to. */
export function writableErrors({ before, next }: Draft): ProjectState['errors'] {
  if (next.errors === before.errors) next.errors = new Map(before.errors)
  return next.errors
}

/** The commands, to be written to. */
export function writableCommands({ before, next }: Draft): ProjectState['commands'] {
  if (next.commands === before.commands) next.commands = new Map(before.commands)
  return next.commands
}

/** The notices of state files, to be written to. */
export function writableNotices({ before, next }: Draft): ProjectState['notices'] {
  if (next.notices === before.notices) next.notices = new Map(before.notices)
  return next.notices
}

/** What sources said last, to be written to. */
export function writableWords({ before, next }: Draft): ProjectState['words'] {
  if (next.words === before.words) next.words = new Map(before.words)
  return next.words
}

/** What is missing, to be written to. */
export function writableLosses({ before, next }: Draft): ProjectState['losses'] {
  if (next.losses === before.losses) next.losses = new Map(before.losses)
  return next.losses
}

/** The sprints of files, to be written to. */
export function writableSprints({ before, next }: Draft): ProjectState['sprints'] {
  if (next.sprints === before.sprints) next.sprints = new Map(before.sprints)
  return next.sprints
}

/** The files of cycles, to be written to. */
export function writableCycleFiles({ before, next }: Draft): ProjectState['cycleFiles'] {
  if (next.cycleFiles === before.cycleFiles) next.cycleFiles = new Map(before.cycleFiles)
  return next.cycleFiles
}

/** When files were written, to be written to. */
export function writableFileClocks({ before, next }: Draft): ProjectState['fileClocks'] {
  if (next.fileClocks === before.fileClocks) next.fileClocks = new Map(before.fileClocks)
  return next.fileClocks
}

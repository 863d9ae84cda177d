export const WORKFLOW_STATES = [
  'IDLE',
  'BACKLOG_READY',
  'SPRINT_PLANNED',
  'SPRINT_ACTIVE',
  'SPRINT_PAUSED',
  'SPRINT_REVIEW',
  'BLOCKED',
] as const
export type WorkflowState = (typeof WORKFLOW_STATES)[number]

export type WorkflowEdge = { from: WorkflowState; to: WorkflowState; command: string | undefined; when: string | undefined }

const by = (command: string, from: WorkflowState, to: WorkflowState): WorkflowEdge => ({ command, from, to, when: undefined })
const once = (when: string, from: WorkflowState, to: WorkflowState): WorkflowEdge => ({ command: undefined, from, to, when })

const stays = (command: string, states: readonly WorkflowState[]) => states.map((state) => by(command, state, state))

const BACKLOG_OPEN = WORKFLOW_STATES.filter((state) => state !== 'SPRINT_REVIEW')
const BACKLOG_COMMANDS = ['/backlog view', '/backlog add_story', '/backlog prioritize', '/backlog remove']

export const WORKFLOW_EDGES: readonly WorkflowEdge[] = [
  by('/epic', 'IDLE', 'BACKLOG_READY'),
  by('/epic', 'BACKLOG_READY', 'BACKLOG_READY'),
  by('/approve', 'BACKLOG_READY', 'BACKLOG_READY'),
  by('/sprint plan', 'BACKLOG_READY', 'SPRINT_PLANNED'),
  by('/sprint start', 'SPRINT_PLANNED', 'SPRINT_ACTIVE'),
  ...stays('/sprint status', ['SPRINT_ACTIVE', 'SPRINT_PAUSED', 'BLOCKED']),
  by('/sprint pause', 'SPRINT_ACTIVE', 'SPRINT_PAUSED'),
  by('/sprint resume', 'SPRINT_PAUSED', 'SPRINT_ACTIVE'),
  by('/request_changes', 'SPRINT_REVIEW', 'BACKLOG_READY'),
  by('/feedback', 'SPRINT_REVIEW', 'IDLE'),
  by('/suggest_fix', 'BLOCKED', 'SPRINT_ACTIVE'),
  by('/skip_task', 'BLOCKED', 'SPRINT_ACTIVE'),
  ...stays('/state', WORKFLOW_STATES),
  ...BACKLOG_COMMANDS.flatMap((command) => stays(command, BACKLOG_OPEN)),
  once('all tasks are done', 'SPRINT_ACTIVE', 'SPRINT_REVIEW'),
  once('CI has failed three times', 'SPRINT_ACTIVE', 'BLOCKED'),
]

const EXPECTED = new Set(WORKFLOW_EDGES.map(({ from, to }) => `${from}>${to}`))
const WORDS = new Map([
  ['IDLE', 'Idle'],
  ['BACKLOG_READY', 'Ready'],
  ['SPRINT_PLANNED', 'Planned'],
  ['SPRINT_ACTIVE', 'Active'],
  ['SPRINT_PAUSED', 'Paused'],
  ['SPRINT_REVIEW', 'In review'],
  ['BLOCKED', 'Blocked'],
  ['ERROR', 'Error'],
  ['PAUSED', 'Paused'],
])

/** Whether a text is a state of the table. */
export function isWorkflowState(text: string): text is WorkflowState {
  return WORKFLOW_STATES.some((state) => state === text)
}

/** Whether the table has this edge; true where the previous state is unknown. */
export function isExpectedWorkflowStep(from: string | undefined, to: string): boolean {
  return from === undefined || EXPECTED.has(`${from}>${to}`)
}

/** The label of a state; an unknown one is its own label. */
export function workflowWord(state: string): string {
  return WORDS.get(state) ?? state
}

/** The commands allowed in a state and where they lead; those that change it come first. */
export function nextCommands(state: string): { command: string; to: string }[] {
  const commands: { command: string; to: string }[] = isWorkflowState(state)
    ? WORKFLOW_EDGES.flatMap(({ from, to, command }) => (from === state && command !== undefined ? [{ command, to }] : []))
    : ['/state', ...BACKLOG_COMMANDS].map((command) => ({ command, to: state }))
  return commands.sort((a, b) => Number(a.to === state) - Number(b.to === state))
}

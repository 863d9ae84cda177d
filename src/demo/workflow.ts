import { type DemoReport, type Stage, tell } from './stage.ts'

export type DemoWorkflowState =
  'IDLE' | 'BACKLOG_READY' | 'SPRINT_PLANNED' | 'SPRINT_ACTIVE' | 'SPRINT_PAUSED' | 'SPRINT_REVIEW' | 'BLOCKED'
type CommandedStep = { to: DemoWorkflowState; command?: string; user?: string }

/** Reports a workflow transition. */
export function moveWorkflow(stage: Stage, from: DemoWorkflowState, { to, ...by }: CommandedStep): void {
  tell(stage, { type: 'workflow_transition', old_state: from, new_state: to, ...by })
}

const WAY: readonly (readonly [DemoWorkflowState, DemoWorkflowState, string])[] = [
  ['IDLE', 'BACKLOG_READY', '/epic'],
  ['BACKLOG_READY', 'SPRINT_PLANNED', '/sprint plan'],
  ['SPRINT_PLANNED', 'SPRINT_ACTIVE', '/sprint start'],
]

/** From idle to a running sprint, `pauses` minutes between the steps. */
export function startSprint(stage: Stage, pauses: number): void {
  for (const [from, to, command] of WAY) {
    moveWorkflow(stage, from, { to, command, user: stage.world.people[0] })
    stage.now += pauses
  }
}

const WAY_HOME: Record<DemoWorkflowState, readonly (readonly [DemoWorkflowState, string | undefined])[]> = {
  IDLE: [],
  BACKLOG_READY: [
    ['SPRINT_PLANNED', '/sprint plan'],
    ['SPRINT_ACTIVE', '/sprint start'],
    ['SPRINT_REVIEW', undefined],
    ['IDLE', '/feedback'],
  ],
  SPRINT_PLANNED: [
    ['SPRINT_ACTIVE', '/sprint start'],
    ['SPRINT_REVIEW', undefined],
    ['IDLE', '/feedback'],
  ],
  SPRINT_ACTIVE: [
    ['SPRINT_REVIEW', undefined],
    ['IDLE', '/feedback'],
  ],
  SPRINT_PAUSED: [
    ['SPRINT_ACTIVE', '/sprint resume'],
    ['SPRINT_REVIEW', undefined],
    ['IDLE', '/feedback'],
  ],
  SPRINT_REVIEW: [['IDLE', '/feedback']],
  BLOCKED: [
    ['SPRINT_ACTIVE', '/skip_task'],
    ['SPRINT_REVIEW', undefined],
    ['IDLE', '/feedback'],
  ],
}

/** The transitions from a state to rest. */
export function wayHome(from: DemoWorkflowState): DemoReport[] {
  const states = [from, ...WAY_HOME[from].map(([to]) => to)]
  return WAY_HOME[from].map(([to, command], index) => {
    const by = command === undefined ? {} : { command, user: 'demo' }
    return { type: 'workflow_transition', old_state: states[index] ?? from, new_state: to, ...by }
  })
}

/** Whether the demo's workflow has the state. */
export function isWorkflowState(value: unknown): value is DemoWorkflowState {
  return typeof value === 'string' && Object.hasOwn(WAY_HOME, value)
}

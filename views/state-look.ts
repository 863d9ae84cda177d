import type { AttentionWord } from '../src/domain/attention.ts'

export type ShapeName =
  'diamond' | 'octagon' | 'dashed' | 'ring' | 'bars' | 'eye' | 'square' | 'list' | 'circle' | 'check' | 'hourglass' | 'question'

/** One class (`tone-needs`) sets the four colours of a state: text, fill, tint, edge. */
export type Tone = 'needs' | 'failed' | 'stale' | 'working' | 'paused' | 'review' | 'planned' | 'ready' | 'idle' | 'done'

/** How a state looks: never by colour alone. */
export type Look = { word: string; shape: ShapeName; tone: Tone }

/** In the order in which people should look. */
export const ATTENTION_ORDER = [
  'needs_you',
  'blocked',
  'failed',
  'in_review',
  'stale',
  'working',
  'waiting',
  'paused',
  'idle',
  'done',
] as const satisfies readonly AttentionWord[]

export const ATTENTION_LOOKS: Record<AttentionWord, Look> = {
  needs_you: { word: 'Needs you', shape: 'diamond', tone: 'needs' },
  blocked: { word: 'Blocked', shape: 'octagon', tone: 'failed' },
  failed: { word: 'Failed', shape: 'octagon', tone: 'failed' },
  in_review: { word: 'In review', shape: 'eye', tone: 'review' },
  stale: { word: 'Silent', shape: 'dashed', tone: 'stale' },
  working: { word: 'Working', shape: 'ring', tone: 'working' },
  waiting: { word: 'Waiting', shape: 'hourglass', tone: 'idle' },
  paused: { word: 'Paused', shape: 'bars', tone: 'paused' },
  idle: { word: 'Idle', shape: 'circle', tone: 'idle' },
  done: { word: 'Done', shape: 'check', tone: 'done' },
}

/** What a person is waited for in: these count in the title. */
export const NEEDS_A_PERSON: readonly AttentionWord[] = ['needs_you', 'blocked', 'failed', 'in_review']

const WORKFLOW_LOOKS: Record<string, Look> = {
  IDLE: { word: 'Idle', shape: 'circle', tone: 'idle' },
  BACKLOG_READY: { word: 'Ready', shape: 'list', tone: 'ready' },
  SPRINT_PLANNED: { word: 'Planned', shape: 'square', tone: 'planned' },
  SPRINT_ACTIVE: { word: 'Active', shape: 'ring', tone: 'working' },
  SPRINT_PAUSED: { word: 'Paused', shape: 'bars', tone: 'paused' },
  PAUSED: { word: 'Paused', shape: 'bars', tone: 'paused' },
  SPRINT_REVIEW: { word: 'In review', shape: 'eye', tone: 'review' },
  BLOCKED: { word: 'Blocked', shape: 'octagon', tone: 'failed' },
  ERROR: { word: 'Error', shape: 'octagon', tone: 'failed' },
}

/** The look of a workflow state; one that nobody knows is shown as itself. */
export function workflowLook(state: string): Look {
  return Object.hasOwn(WORKFLOW_LOOKS, state) ? (WORKFLOW_LOOKS[state] ?? unknown(state)) : unknown(state)
}

function unknown(state: string): Look {
  return { word: state, shape: 'question', tone: 'idle' }
}

const AGENT_LOOKS: Record<string, Look> = {
  needs_input: ATTENTION_LOOKS.needs_you,
  working: ATTENTION_LOOKS.working,
  waiting: ATTENTION_LOOKS.waiting,
  idle: ATTENTION_LOOKS.idle,
  failed: ATTENTION_LOOKS.failed,
  ended: { word: 'Ended', shape: 'check', tone: 'done' },
}

/** The look of an agent's own status. */
export function agentLook(status: string): Look {
  return AGENT_LOOKS[status] ?? unknown(status)
}

import type { StoredEvent } from './event.ts'

export const EVENT_KINDS = ['steps', 'agents', 'questions', 'problems', 'talk', 'files', 'usage', 'other'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

const KINDS: Readonly<Record<string, EventKind>> = {
  workflow_transition: 'steps',
  tdd_transition: 'steps',
  tdd_cycle_started: 'steps',
  tdd_progress_update: 'steps',
  tdd_cycle_completed: 'steps',
  agent_activity: 'agents',
  agent_status: 'agents',
  approval_requested: 'questions',
  approval_resolved: 'questions',
  state_told: 'steps',
  reports_lost: 'problems',
  losses_seen: 'problems',
  error_state: 'problems',
  ci_status: 'problems',
  chat_message: 'talk',
  command_execution: 'talk',
  user_presence: 'talk',
  state_file: 'files',
  parallel_status: 'files',
  usage: 'usage',
}

/** The kind of an event; foreign types are `other`. */
export const eventKind = ({ type }: Pick<StoredEvent, 'type'>): EventKind =>
  (Object.hasOwn(KINDS, type) ? KINDS[type] : undefined) ?? 'other'

/** Whether any value of an event, however deep, contains a text, ignoring case. */
export function eventHolds(event: StoredEvent, text: string): boolean {
  return holds(event, text.toLowerCase())
}

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(text)
  if (typeof value === 'number') return String(value) === text
  return typeof value === 'object' && value !== null && Object.values(value).some((member) => holds(member, text))
}

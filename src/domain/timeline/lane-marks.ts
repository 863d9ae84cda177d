import type { Worth } from '../bounded.ts'
import type { StoredEvent, StoredEventOf } from '../events/event.ts'
import { textOf } from '../events/loose-fields.ts'

export type MarkKind =
  'asked' | 'allowed' | 'denied' | 'withdrawn' | 'error' | 'ci_passed' | 'ci_failed' | 'ci_running' | 'command' | 'command_failed'

export type Mark = { kind: MarkKind; at: number; offset: number; /** In the reporter's words. */ text: string; storyId: string | undefined }

const TEXT_KEPT = 160
export const DECIDED = { allow: 'allowed', deny: 'denied', withdrawn: 'withdrawn' } as const
const CI = { passed: 'ci_passed', failed: 'ci_failed', error: 'ci_failed', running: 'ci_running' } as const

/** Failures and questions are kept longer. */
export function markWorth({ kind }: Mark): Worth {
  if (kind === 'error' || kind === 'ci_failed' || kind === 'command_failed' || kind === 'asked') return 'on'
  return 'over'
}

/** The mark of an event; most have none. */
export function markOf(event: StoredEvent): Mark | undefined {
  const told = toldOf(event)
  if (!told) return undefined
  const { received_at: at, offset } = event
  const storyId = 'story_id' in event && typeof event.story_id === 'string' ? event.story_id : undefined
  return { kind: told.kind, at, offset, text: textOf(told.text, TEXT_KEPT) ?? '', storyId }
}

type MarkedText = { kind: MarkKind; text: string | null | undefined }

function toldOf(event: StoredEvent): MarkedText | undefined {
  switch (event.type) {
    case 'approval_requested':
      return { kind: 'asked', text: event.title }
    case 'approval_resolved':
      return { kind: DECIDED[event.decision], text: event.by ?? event.approval_id }
    case 'error_state':
      return event.resolved ? undefined : { kind: 'error', text: event.error_message ?? event.error_type }
    case 'ci_status':
      return { kind: CI[event.status], text: event.detail }
    case 'command_execution':
      return commandMark(event)
    default:
      return undefined
  }
}

function commandMark({ status, command }: StoredEventOf<'command_execution'>): MarkedText | undefined {
  if (status === 'progress') return undefined
  if (status === 'started') return { kind: 'command', text: command }
  return { kind: status === 'completed' ? 'command' : 'command_failed', text: `${command.slice(0, TEXT_KEPT - 20)} ${status}` }
}

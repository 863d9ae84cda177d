import { isRecord, textOf, toolDetail } from '../../src/domain/events/loose-fields.ts'
import { ForeignCode, ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import { compact, dollars } from '../atoms/figures.ts'
import type { EventOf, Line } from './line.ts'

const ACTIVITY_WORDS = { started: 'started', queued: 'queued', progress: 'goes on', completed: 'completed', failed: 'failed' } as const
const DETAIL_LIMIT = 140

export function activityLine(event: EventOf<'agent_activity'>): Line {
  const detail = toolDetail(event.detail)
  const error = event.status === 'failed' && event.tool ? errorOf(event.detail) : undefined
  return {
    icon: event.status === 'failed' ? 'failed' : event.tool ? 'tool' : 'agent',
    who: event.agent_type,
    what: (
      <>
        {event.tool ? `${visibleText(event.tool, 40)} ` : null}
        {event.tool && detail ? <ForeignCode text={detail} limit={DETAIL_LIMIT} /> : null}
        {event.tool && (detail || event.action === event.tool) ? null : <ForeignText text={event.action} limit={DETAIL_LIMIT} />}{' '}
        {event.status === 'failed' ? <strong class="tone-failed">failed</strong> : ACTIVITY_WORDS[event.status]}
        {error === undefined ? null : ': '}
        {error === undefined ? null : <ForeignText text={error} limit={DETAIL_LIMIT} />}
        {!event.tool && detail ? ': ' : null}
        {!event.tool && detail ? <ForeignText text={detail} limit={DETAIL_LIMIT} /> : null}
      </>
    ),
    storyId: event.story_id ?? undefined,
  }
}

/** What a call of a tool ended with, where that is told beside what it was called with. */
function errorOf(detail: unknown): string | undefined {
  return isRecord(detail) && Object.keys(detail).length > 1 ? textOf(detail['error']) : undefined
}

const STATUS_WORDS = {
  working: 'is working',
  needs_input: 'needs input',
  waiting: 'waits',
  idle: 'is idle',
  failed: 'failed',
  ended: 'ended',
} as const

export function statusLine(event: EventOf<'agent_status'>): Line {
  const icons = { needs_input: 'ask', failed: 'failed', working: 'agent', waiting: 'agent', idle: 'agent', ended: 'agent' } as const
  return {
    icon: icons[event.status],
    who: event.agent_type ?? event.agent_id,
    what: (
      <>
        {STATUS_WORDS[event.status]}
        {event.reason ? ': ' : null}
        {event.reason ? <ForeignText text={event.reason} limit={DETAIL_LIMIT} /> : null}
      </>
    ),
    storyId: event.story_id ?? undefined,
  }
}

export function approvalLine(event: EventOf<'approval_requested'>): Line {
  return {
    icon: 'ask',
    who: event.agent_type ?? event.agent_id ?? 'Approval',
    what: (
      <>
        asks: <ForeignText text={event.title} limit={DETAIL_LIMIT} reading="decision" />
      </>
    ),
    storyId: event.story_id ?? undefined,
  }
}

const DECISION_WORDS = { allow: 'allowed', deny: 'denied', withdrawn: 'withdrew' } as const

export function decisionLine(event: EventOf<'approval_resolved'>): Line {
  return {
    icon: event.decision === 'allow' ? 'done' : 'step',
    who: event.by ?? 'Approval',
    what: (
      <>
        {DECISION_WORDS[event.decision]} <code dir="auto">{visibleText(event.approval_id, 48)}</code>
        {event.message ? ': ' : null}
        {event.message ? <ForeignText text={event.message} limit={DETAIL_LIMIT} /> : null}
      </>
    ),
  }
}

export function usageLine(event: EventOf<'usage'>): Line {
  const tokens = (event.input_tokens ?? 0) + (event.output_tokens ?? 0)
  const parts = [
    `${compact(tokens)} tokens`,
    event.cache_read_tokens ? `${compact(event.cache_read_tokens)} from the cache` : '',
    event.cost_usd ? dollars(event.cost_usd) : '',
    event.model ? visibleText(event.model, 60) : '',
  ]
  return {
    icon: 'figure',
    who: event.agent_id ?? 'Usage',
    what: `used ${parts.filter(Boolean).join(', ')}`,
    storyId: event.story_id ?? undefined,
  }
}

import { ForeignCode, ForeignText, visibleText } from '../atoms/foreign-text.tsx'
import type { EventOf, Line } from './line.ts'

const TEXT_LIMIT = 160
const FILE_PROBLEMS = { damaged: 'is damaged', vanished: 'has vanished', unreadable: 'cannot be read', too_large: 'is too large' } as const
const COMMAND_WORDS = {
  started: 'started',
  progress: 'goes on',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'was cancelled',
} as const

export function parallelLine(event: EventOf<'parallel_status'>): Line {
  const active = event.status_data['active_cycles']
  const count = Array.isArray(active) ? active.length : active
  return {
    icon: 'figure',
    who: 'Orchestrator',
    what: typeof count === 'number' ? `reports ${count} active cycles` : 'reports on parallel work',
  }
}

export function fileLine(event: EventOf<'state_file'>): Line {
  return {
    icon: event.problem ? 'failed' : 'file',
    who: 'State file',
    what: (
      <>
        <ForeignCode text={event.file} limit={80} /> {event.problem ? FILE_PROBLEMS[event.problem] : 'changed'}
        {event.detail ? ': ' : null}
        {event.detail ? <ForeignText text={event.detail} limit={TEXT_LIMIT} /> : null}
      </>
    ),
  }
}

export function chatLine(event: EventOf<'chat_message'>): Line {
  return {
    icon: event.message_type === 'error' ? 'failed' : 'talk',
    who: event.user_id ?? event.message_type ?? 'Message',
    what: (
      <>
        “<ForeignText text={event.message} limit={2 * TEXT_LIMIT} />”
      </>
    ),
  }
}

export function commandLine(event: EventOf<'command_execution'>): Line {
  const result = typeof event.result === 'string' ? event.result : undefined
  return {
    icon: event.status === 'failed' ? 'failed' : event.status === 'completed' ? 'done' : 'tool',
    who: event.user_id ?? 'Command',
    what: (
      <>
        <ForeignCode text={event.command} limit={100} /> {COMMAND_WORDS[event.status]}
        {result ? ': ' : null}
        {result ? <ForeignText text={result} limit={TEXT_LIMIT} /> : null}
      </>
    ),
  }
}

export function errorLine(event: EventOf<'error_state'>): Line {
  return {
    icon: event.resolved ? 'done' : 'failed',
    who: event.error_type ?? 'Error',
    what: (
      <>
        {event.resolved ? 'resolved: ' : null}
        <ForeignText text={event.error_message} limit={TEXT_LIMIT} />
        {event.severity ? ` (${visibleText(event.severity, 20)})` : null}
      </>
    ),
    storyId: event.story_id ?? undefined,
  }
}

export function highlightLine(): Line {
  return { icon: 'other', who: 'Orchestrator', what: 'highlighted a state' }
}

export function presenceLine(event: EventOf<'user_presence'>): Line {
  return { icon: 'talk', who: event.user_id, what: visibleText(event.action.replaceAll('_', ' '), 60) }
}

const CI_WORDS = { passed: 'passed', failed: 'failed', running: 'is running', error: 'could not run' } as const

/** A run of the continuous integration; its address is a link only where it is one. */
export function ciLine(event: EventOf<'ci_status'>): Line {
  const href = event.url && /^https?:\/\//i.test(event.url) ? event.url : undefined
  return {
    icon: event.status === 'passed' ? 'done' : event.status === 'running' ? 'tool' : 'failed',
    who: 'CI',
    what: (
      <>
        {CI_WORDS[event.status]}
        {event.detail ? ': ' : null}
        {event.detail ? <ForeignText text={event.detail} limit={TEXT_LIMIT} /> : null}
        {href ? ', ' : null}
        {href ? (
          <a href={href} rel="noopener noreferrer nofollow" target="_blank">
            the run
          </a>
        ) : null}
      </>
    ),
    storyId: event.story_id ?? undefined,
  }
}

import type { StoredEvent } from '../../src/domain/events/event.ts'
import { activityLine, approvalLine, decisionLine, statusLine, usageLine } from './agent-lines.tsx'
import type { Line } from './line.ts'
import { foreignLine, machineLine } from './machine-lines.tsx'
import { ownLine } from './own-lines.tsx'
import { chatLine, ciLine, commandLine, errorLine, fileLine, highlightLine, parallelLine, presenceLine } from './report-lines.tsx'

/** What an event says in one line; every type has words of its own. */
export function eventLine(event: StoredEvent): Line {
  switch (event.type) {
    case 'agent_activity':
      return activityLine(event)
    case 'agent_status':
      return statusLine(event)
    case 'approval_requested':
      return approvalLine(event)
    case 'approval_resolved':
      return decisionLine(event)
    case 'usage':
      return usageLine(event)
    case 'workflow_transition':
    case 'tdd_transition':
    case 'tdd_cycle_started':
    case 'tdd_progress_update':
    case 'tdd_cycle_completed':
      return machineLine(event)
    case 'state_told':
    case 'reports_lost':
    case 'losses_seen':
      return ownLine(event)
    default:
      return reportLine(event)
  }
}

type Handled =
  | 'agent_activity'
  | 'agent_status'
  | 'approval_requested'
  | 'approval_resolved'
  | 'usage'
  | 'workflow_transition'
  | 'tdd_transition'
  | 'tdd_cycle_started'
  | 'tdd_progress_update'
  | 'tdd_cycle_completed'
  | 'state_told'
  | 'reports_lost'
  | 'losses_seen'

function reportLine(event: Exclude<StoredEvent, { type: Handled }>): Line {
  switch (event.type) {
    case 'parallel_status':
      return parallelLine(event)
    case 'state_file':
      return fileLine(event)
    case 'chat_message':
      return chatLine(event)
    case 'command_execution':
      return commandLine(event)
    case 'error_state':
      return errorLine(event)
    case 'state_highlight':
      return highlightLine()
    case 'user_presence':
      return presenceLine(event)
    case 'ci_status':
      return ciLine(event)
    default:
      return foreignLine(event)
  }
}

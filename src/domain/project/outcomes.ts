import { copyOnWrite, type Draft } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { textOf } from '../events/loose-fields.ts'
import type { Command, OpenError } from './reports.ts'
import type { Worth } from '../bounded.ts'

/** Every other word of severity, an unknown one too, is an error or worse. */
const MILD = new Set(['debug', 'trace', 'info', 'notice', 'low', 'minor', 'warn', 'warning', 'medium', 'moderate'])

/** An error that holds until it is resolved. One without an id is named by its type and story, so that repeats do not pile up. */
export function foldErrorState(draft: Draft, event: StoredEventOf<'error_state'>) {
  const errorId = event.error_id ?? `${event.error_type ?? 'error'}@${event.story_id ?? ''}`
  const known = draft.next.errors.get(errorId)
  if (event.resolved) {
    if (known) copyOnWrite(draft, 'errors').delete(errorId)
    return
  }
  const message = textOf(event.error_message) ?? event.error_type ?? 'error'
  const told = { type: event.error_type ?? undefined, message, severity: event.severity?.toLowerCase() ?? 'error' }
  const errors = copyOnWrite(draft, 'errors')
  errors.set(errorId, { errorId, ...told, at: known?.at ?? event.received_at, offset: event.offset })
}

/** Whether an error is of severity error or worse. */
export function isSevere({ severity }: Pick<OpenError, 'severity'>): boolean {
  return !MILD.has(severity)
}

/** The last run of continuous integration. A run that is under way, or could not run, neither adds to the failures nor ends them. */
export function foldCiStatus(draft: Draft, event: StoredEventOf<'ci_status'>) {
  const { ci } = draft.next
  const { status, received_at: at, offset } = event
  const failures = ci?.failuresInRow ?? 0
  const failuresInRow = status === 'failed' ? failures + 1 : status === 'passed' ? 0 : failures
  const told = { url: textOf(event.url), storyId: event.story_id ?? undefined, detail: textOf(event.detail) }
  draft.next.ci = { status, ...told, at, offset, failuresInRow }
}

/** What an orchestrator says of a command that it runs; one without an id is a command of its own each time. */
export function foldCommandExecution(draft: Draft, event: StoredEventOf<'command_execution'>) {
  const commands = copyOnWrite(draft, 'commands')
  const commandId = event.command_id ?? `offset-${event.offset}`
  const known = commands.get(commandId)
  commands.set(commandId, {
    commandId,
    command: textOf(event.command) ?? commandId,
    status: event.status,
    by: event.user_id ?? known?.by,
    at: event.received_at,
    offset: event.offset,
    result: resultText(event.result) ?? known?.result,
  })
}

/** One that failed is looked at; one that runs has its end before it. */
export function commandWorth({ status }: Pick<Command, 'status'>): Worth {
  return /failed|cancelled/.test(status) ? 'waits' : status === 'completed' ? 'over' : 'on'
}

function resultText(result: unknown): string | undefined {
  return result === undefined || result === null || typeof result === 'string' ? textOf(result) : textOf(JSON.stringify(result))
}

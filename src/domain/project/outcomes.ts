import { copyOnWrite, type Draft } from './draft.ts'
import type { StoredEventOf } from '../events/event.ts'
import { textOf } from '../events/loose-fields.ts'
import type { OpenError } from './reports.ts'

const MILD = new Set(['debug', 'trace', 'info', 'notice', 'low', 'minor', 'warn', 'warning', 'medium', 'moderate'])

/** An error until it is resolved; without an id it is known by type and story, so repeats do not pile up. */
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

/** The last CI run. A running or broken run neither adds to the failures nor ends them. */
export function foldCiStatus(draft: Draft, event: StoredEventOf<'ci_status'>) {
  const { ci } = draft.next
  const { status, received_at: at, offset } = event
  const failures = ci?.failuresInRow ?? 0
  const failuresInRow = status === 'failed' ? failures + 1 : status === 'passed' ? 0 : failures
  const told = { url: textOf(event.url), storyId: event.story_id ?? undefined, detail: textOf(event.detail) }
  draft.next.ci = { status, ...told, at, offset, failuresInRow }
}

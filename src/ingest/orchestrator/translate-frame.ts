import type { NewEvent } from '../../domain/events/event.ts'
import { parseEvent } from '../../domain/events/parse-event.ts'
import { RefusedError } from '../../domain/refused.ts'
import { placeStatedTime } from '../../domain/events/stated-time.ts'
import { broadcastId, type Frame, isFrame } from './frame.ts'
import { type ClaimedEvent, reconcileSnapshot, isShare, type KnownState, type Refused } from './reconcile-snapshot.ts'
import { addressedProject, type LinkScope } from './link-scope.ts'

export type { ClaimedEvent, KnownState, Refused } from './reconcile-snapshot.ts'

export type Translation = { events: ClaimedEvent[]; dropped: string[]; refused: Refused[] }

export type StateOf = (project: string) => KnownState

export const UNKNOWN: KnownState = {
  workflow: { state: '', hasTransition: true, offset: 0 },
  cycles: new Map(),
  words: new Map(),
  transitions: [],
}

/** Answers and whole states are not events; state files are read by our own watcher. */
const NO_EVENT = new Set(['current_state', 'transition_history', 'error', 'state_file'])

/** Translates a frame into events of its projects. `stateOf` is only asked for a `current_state`. */
export function translateFrame(frame: Frame, scope: LinkScope, stateOf: StateOf): Translation {
  const translation: Translation = { events: [], dropped: [], refused: [] }
  if (frame.type === 'transition_history') translateHistory(frame, scope, translation)
  else if (frame.type === 'current_state') translateState(frame, { scope, stateOf }, translation)
  else translateBroadcast(frame, scope, translation)
  return translation
}

function translateHistory(frame: Frame, scope: LinkScope, into: Translation) {
  const { history } = frame
  if (!Array.isArray(history)) into.refused.push({ problem: 'transition_history without a list' })
  for (const entry of Array.isArray(history) ? (history satisfies unknown[]) : []) {
    if (isFrame(entry)) translateBroadcast(entry, scope, into)
    else into.refused.push({ problem: 'an entry of transition_history without a type' })
  }
}

function translateState(frame: Frame, { scope, stateOf }: { scope: LinkScope; stateOf: StateOf }, into: Translation) {
  const claims = reconcileSnapshot(frame, scope, stateOf)
  into.events.push(...claims.events.map((claimed) => ({ ...claimed, event: placed(claimed.event, scope) })))
  into.dropped.push(...claims.dropped)
  into.refused.push(...claims.refused)
}

function translateBroadcast(frame: Frame, scope: LinkScope, into: Translation) {
  const address = addressedProject(frame['project'], scope)
  if (NO_EVENT.has(frame.type)) into.refused.push({ problem: `${frame.type} where an event belongs` })
  else if ('dropped' in address) into.dropped.push(address.dropped)
  else translateEvent(frame, { scope, project: address.project }, into)
}

function translateEvent(frame: Frame, { scope, project }: { scope: LinkScope; project: string }, into: Translation) {
  try {
    into.events.push({ project, event: placed({ ...broadcastEvent(frame, project), told_by: scope.name }, scope) })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    into.refused.push({ problem: error.message, project })
  }
}

/** The event of a broadcast frame; refuses with the field that is wrong. */
export function broadcastEvent(frame: Frame, project: string): NewEvent {
  // Senders may not set these fields; they mark our own conclusions.
  const { project: _named, id: _id, inferred: _inferred, occurred_at: _occurred, ...fields } = frame
  const event = parseEvent({ ...fields, ...progressFields(frame['progress']) }, { project })
  return { ...event, id: broadcastId(frame) }
}

/** A number from 0 to 1 is progress; whatever else an orchestrator calls so (often an object of figures) is kept beside it. */
function progressFields(progress: unknown): Record<string, unknown> {
  return progress === undefined || progress === null || isShare(progress) ? {} : { progress: undefined, progress_detail: progress }
}

/** Adds the instant that the reporter's clock meant, where that can be told; its own text stays as it is. */
function placed<E extends NewEvent>(event: E, { offsetMs }: LinkScope): E {
  if (event.timestamp === undefined) return event
  const at = placeStatedTime(event.timestamp, offsetMs)
  return at === undefined ? event : { ...event, occurred_at: new Date(at).toISOString() }
}

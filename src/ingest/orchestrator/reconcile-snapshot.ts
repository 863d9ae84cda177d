import { z } from 'zod'
import type { NewEvent } from '../../domain/events/event.ts'
import { ForeignId } from '../../domain/events/names.ts'
import { parseEvent } from '../../domain/events/parse-event.ts'
import { RefusedError } from '../../domain/refused.ts'
import { type Frame, hashId } from './frame.ts'
import { addressedProject, type LinkScope, onlyProject } from './link-scope.ts'
import type { SourceWord } from '../../domain/project/reports.ts'
import { wordKey } from '../../domain/project/source-memory.ts'

export type KnownState = {
  workflow: { state: string; hasTransition: boolean; offset: number }
  cycles: ReadonlyMap<string, { state: string; offset: number; cycleId: string | undefined }>
  words: ReadonlyMap<string, Pick<SourceWord, 'source' | 'state' | 'cycleId' | 'isRepeated'>>
  transitions: readonly { timestamp: string | undefined; to: string }[]
}

/** An event for a project. The claim names both sides of the difference that an inferred event is based on. */
export type ClaimedEvent = { project: string; event: NewEvent; claim?: string }

export type Refused = { problem: string; project?: string }

type Claims = { events: ClaimedEvent[]; dropped: string[]; refused: Refused[] }
type ReportedState = {
  from: string | undefined
  to: string
  fields: Record<string, unknown>
  key: unknown[]
  progress?: number | undefined
}

const ReportedCycle = z.looseObject({
  current_state: z.string().min(1).max(256),
  project: z.string().nullish(),
  cycle_id: ForeignId.nullish(),
  last_updated: z.string().max(64).nullish(),
  created_at: z.string().max(64).nullish(),
  progress: z.unknown().optional(),
})
type ReportedCycle = z.infer<typeof ReportedCycle>

/**
 * The differences between a `current_state` and the known state, as inferred transitions.
 * A source that repeats its own last word is only noted: others have moved the project meanwhile. A missing cycle means
 * nothing, because orchestrators forget completed cycles.
 */
export function reconcileSnapshot(frame: Frame, scope: LinkScope, stateOf: (project: string) => KnownState): Claims {
  const claims: Claims = { events: [], dropped: [], refused: [] }
  claimWorkflow(frame, { scope, stateOf }, claims)
  const cycles = frame['tdd_cycles']
  if (cycles === undefined || cycles === null) return claims
  if (typeof cycles !== 'object' || Array.isArray(cycles)) {
    claims.refused.push({ problem: 'current_state with tdd_cycles that are not an object' })
    return claims
  }
  for (const [story, reported] of Object.entries(cycles)) {
    const cycle = ReportedCycle.safeParse(reported)
    if (cycle.success) claimCycle({ frame, story, cycle: cycle.data }, { scope, stateOf }, claims)
    else claims.refused.push({ problem: `current_state with a cycle that does not fit: ${cycle.error.issues[0]?.path.join('.') ?? ''}` })
  }
  return claims
}

type Compared = { scope: LinkScope; stateOf: (project: string) => KnownState }

/** Only for single projects, and only while no transition was reported: the state of several says nothing about one. */
function claimWorkflow(frame: Frame, { scope, stateOf }: Compared, into: Claims) {
  const project = onlyProject(scope)
  const state = frame['workflow_state']
  if (project === undefined || typeof state !== 'string' || state === '') return
  const { workflow, words } = stateOf(project)
  if (workflow.hasTransition) return
  const reported = { from: workflow.state, to: state, fields: { type: 'workflow_transition' }, key: [workflow.offset] }
  const isKnown = workflow.state === state
  weighClaim(frame, { project, scope, reported, isKnown, word: words.get(wordKey({ source: scope.name, storyId: undefined })) }, into)
}

function claimCycle(part: { frame: Frame; story: string; cycle: ReportedCycle }, { scope, stateOf }: Compared, into: Claims) {
  const { frame, story, cycle } = part
  const address = addressedProject(cycle.project, scope)
  if ('dropped' in address) {
    into.dropped.push(address.dropped)
    return
  }
  const { cycles, words } = stateOf(address.project)
  const known = cycles.get(story)
  const isKnown = known !== undefined && known.state === cycle.current_state && !isOtherCycle(known.cycleId, cycle.cycle_id)
  const reported: ReportedState = {
    from: known?.state,
    to: cycle.current_state,
    fields: { type: 'tdd_transition', story_id: story, ...reportedFields(cycle) },
    key: [story, cycle.cycle_id ?? null, known?.offset ?? 0],
    progress: isShare(cycle.progress) ? cycle.progress : undefined,
  }
  const word = known && words.get(wordKey({ source: scope.name, storyId: story }))
  weighClaim(frame, { project: address.project, scope, reported, isKnown, word }, into)
}

/** Our progress is a number from 0 to 1; orchestrators also send objects under this name. */
export const isShare = (progress: unknown): progress is number => typeof progress === 'number' && progress >= 0 && progress <= 1

const isOtherCycle = (known: string | undefined, reported: string | null | undefined) =>
  known !== undefined && typeof reported === 'string' && known !== reported

function reportedFields({ cycle_id, last_updated, created_at, progress }: ReportedCycle): Record<string, unknown> {
  const fields = { cycle_id, last_updated, created_at, progress_detail: isShare(progress) ? undefined : progress }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
}

type Claimed = { project: string; scope: LinkScope; reported: ReportedState }
type Word = Pick<SourceWord, 'state' | 'cycleId' | 'isRepeated'> | undefined

/** A new state is a transition; a repeated opinion is only noted. */
function weighClaim(frame: Frame, { isKnown, word, ...claimed }: Claimed & { isKnown: boolean; word: Word }, into: Claims) {
  const { to, fields } = claimed.reported
  const isUnchanged = word?.state === to && !isOtherCycle(word.cycleId, textOrNull(fields['cycle_id']))
  if (isKnown ? word !== undefined && !isUnchanged : isUnchanged && !word.isRepeated) note(claimed, into)
  else if (!isKnown && !isUnchanged) claim(frame, claimed, into)
}

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null)

function note({ project, scope, reported }: Claimed, into: Claims) {
  const key = ['told', scope.name, project, reported.to, ...reported.key]
  const [story_id, cycle_id] = [textOrNull(reported.fields['story_id']), textOrNull(reported.fields['cycle_id'])]
  const subject = { ...(story_id === null ? {} : { story_id }), ...(cycle_id === null ? {} : { cycle_id }) }
  const event: NewEvent = { type: 'state_told', id: hashId(key), told_by: scope.name, state: reported.to, ...subject }
  into.events.push({ project, event, claim: JSON.stringify(key) })
}

/** Contains the replaced state's offset: reaching the state again is a new event. `last_updated` prevents repeats. */
function claim(frame: Frame, { project, scope, reported }: Claimed, into: Claims) {
  const key = [scope.name, project, reported.fields['type'], reported.from ?? null, reported.to, ...reported.key]
  const fields = { ...reported.fields, timestamp: frame.timestamp, old_state: reported.from ?? null, new_state: reported.to }
  try {
    const event = parseEvent(fields, { project })
    const id = hashId(['inferred', ...key, reported.fields['last_updated'] ?? null])
    into.events.push({ project, event: { ...event, inferred: true, told_by: scope.name, id }, claim: JSON.stringify(key) })
    if (reported.progress === undefined) return
    const { story_id, cycle_id } = reported.fields
    const update = parseEvent(
      { type: 'tdd_progress_update', timestamp: frame.timestamp, story_id, cycle_id, progress: reported.progress },
      { project },
    )
    into.events.push({ project, event: { ...update, inferred: true, id: hashId([id, reported.progress]) }, claim: JSON.stringify(key) })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    into.refused.push({ problem: `current_state: ${error.message}`, project })
  }
}

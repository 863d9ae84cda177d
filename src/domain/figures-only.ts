import type { ProjectSummary } from './summary/project-summary.ts'

export const HIDDEN = 'hidden here: figures only'

/** Names of states, ids, kinds and times in states and events: what figures are counted by. Any other text is hidden. */
const KEPT = new Set(
  `type id offset received_at receivedAt timestamp epoch project machine source state new_state old_state from to status statusBefore
  storyId story_id storyIds cycleId cycle_id agentId agent_id parentId parent_agent_id agentType agent_type approvalId approval_id
  approvals decision kind priority severity errorId error_id commandId command_id message_id message_type highlight_id epicId sprintId
  previousState visited tool name actor file mtime problem told_by by model word workflowState testStatus ciStatus startDate endDate
  completed_at expires_at key orchestrationMode statusDigest`.split(/\s+/),
)
/** What reporters fill as they like: nothing of it is kept, neither its texts nor what they are called. */
const FREE = new Set(['content', 'status_data', 'data', 'result', 'detail', 'settings'])
/** Of events of kinds that are not ours: their other fields may hold anything. */
const KEPT_OF_FOREIGN = new Set(['type', 'id', 'offset', 'received_at', 'timestamp'])
/** A name has few words; a sentence in a field for names is a sentence. */
const NAME = /^\S+(?:\s\S+){0,3}$/
const KEPT_LENGTH = 128
const WORD = /^\w{1,64}$/

const hidden = new WeakMap<object, unknown>()

/**
 * A state or an event without what people and agents wrote: prompts, commands, tool calls, contents of files, questions, messages.
 * States, ids, times and figures stay. The same object gives the same object, so that what did not change is not drawn again.
 */
export function figuresOnly<T>(value: T): T {
  return without(value, false)
}

/** The same for a summary. Settings of the project stay, and so does what a reason begins with, such as `QAAgent asks: `. */
export function summaryOfFigures(summary: ProjectSummary): ProjectSummary {
  const { project, attention, ...rest } = summary
  const known = summaries.get(summary)
  if (known) return known
  const opening = /^[^:]{0,60}: /.exec(attention.reason)?.[0]
  const reason = opening === undefined ? attention.reason : `${opening}${HIDDEN}`
  const made = { ...figuresOnly(rest), project, attention: { ...attention, reason } }
  summaries.set(summary, made)
  return made
}

const summaries = new WeakMap<ProjectSummary, ProjectSummary>()

function without<T>(value: T, isKept: boolean): T
function without(value: unknown, isKept: boolean): unknown {
  if (typeof value === 'string') return isKept && value.length <= KEPT_LENGTH && NAME.test(value) ? value : HIDDEN
  if (typeof value !== 'object' || value === null) return value
  const known = hidden.get(value)
  if (known !== undefined) return known
  const made = copyOf(value, isKept)
  hidden.set(value, made)
  return made
}

function copyOf(value: object, isKept: boolean): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, part]: [unknown, unknown]) => [key, without(part, isKept)]))
  if (value instanceof Set) return value
  if (Array.isArray(value)) return value.map((part: unknown) => without(part, isKept))
  const kept = 'type' in value && String(value.type).startsWith('x-') ? KEPT_OF_FOREIGN : KEPT
  const parts = Object.entries(value).filter(([key]) => (kept === KEPT ? WORD.test(key) : kept.has(key)))
  return Object.fromEntries(
    parts.map(([key, part]: [string, unknown]) => [key, FREE.has(key) ? freely(part) : without(part, kept.has(key))]),
  )
}

function freely(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (typeof value === 'object' && value !== null) return { hidden: HIDDEN }
  return typeof value === 'string' ? HIDDEN : value
}

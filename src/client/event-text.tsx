import type { StoredEvent } from '../domain/events/event.ts'
import { parseEvent } from '../domain/events/parse-event.ts'
import { RefusedError } from '../domain/refused.ts'
import { eventLine } from '../../views/event/event-line.tsx'
import type { Line } from '../../views/event/line.ts'
import { visibleText } from '../../views/atoms/foreign-text.tsx'
import { isRecord } from '../domain/events/loose-fields.ts'

type EventText = {
  icon: Line['icon']
  kind: string
  who: string
  /** Code is between backticks. */
  what: string
  storyId: string | undefined
}

const KINDS: Record<string, string> = {
  workflow_transition: 'workflow',
  tdd_transition: 'cycle',
  tdd_cycle_started: 'cycle',
  tdd_progress_update: 'cycle',
  tdd_cycle_completed: 'cycle',
  agent_activity: 'agent',
  agent_status: 'agent',
  parallel_status: 'parallel',
  state_file: 'file',
  approval_requested: 'question',
  approval_resolved: 'decision',
  chat_message: 'chat',
  command_execution: 'command',
  error_state: 'error',
  usage: 'usage',
  ci_status: 'ci',
}

/** An event in the pages' words, safe for a terminal: control characters become visible signs. */
export function eventText(told: Record<string, unknown>): EventText {
  const event = eventOf(shownControls(told))
  const { icon, who, what, storyId, isUnexpected } = eventLine(event)
  const html = String(<span>{what}</span>)
  const text = html
    .replace(/<\/?code[^>]*>/g, '`')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
  return {
    icon,
    kind: KINDS[event.type] ?? 'other',
    who: visibleText(who, 40),
    what: `${text.trim()}${isUnexpected ? ' (unexpected step)' : ''}`,
    storyId: storyId === undefined ? undefined : visibleText(storyId, 48),
  }
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

/** Unknown types of later versions become custom events. */
function eventOf(told: Record<string, unknown>): StoredEvent {
  const numbered = { id: '', offset: Number(told['offset'] ?? 0), received_at: 0 }
  const { type = 'event' } = told
  try {
    return { ...parseEvent(told, { project: String(told['project'] ?? '') }), ...numbered }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return { ...told, type: `x-${String(type)}`, ...numbered }
  }
}

// Line ends and tabs are white space.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

const sign = (character: string) => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : `\\x${code.toString(16)}`
}

function shownControls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [signed(key), shown(value)]))
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return signed(value)
  if (Array.isArray(value)) return value.map(shown)
  return isRecord(value) ? shownControls(value) : value
}

const signed = (text: string) => text.replace(CONTROLS, sign)

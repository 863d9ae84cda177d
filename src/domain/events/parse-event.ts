import type { z } from 'zod'
import { ForeignEvent, KnownEvent } from './event.ts'
import { isRecord } from './loose-fields.ts'
import { isForeignId } from './names.ts'
import { nearestWord } from '../nearest-word.ts'
import { RefusedError } from '../refused.ts'
import { parseStatedTime, STATED_TIME_FORMS } from './stated-time.ts'

type ParsedEvent = (KnownEvent | ForeignEvent) & { id?: string; timestamp?: string }

/** `index` from 0 in an array, `line` from 1 in NDJSON. `isReported`: fields that only this service may set are dropped. */
type EventContext = { project: string; index?: number; line?: number; isReported?: boolean }

const KNOWN_TYPES: readonly string[] = KnownEvent.options.map((option) => option.shape.type.value)
const IS_KNOWN = new Set(KNOWN_TYPES)
/** Columns of the log: an event that was read from a log comes back without them. */
const OURS = ['offset', 'received_at', 'told_by'] as const
const MARKS = ['id', 'timestamp'] as const

/** The typed event. Throws RefusedError (VALIDATION_ERROR) that names the event of the batch, the field and the reason. */
export function parseEvent(input: unknown, context: EventContext): ParsedEvent {
  if (!isRecord(input)) throw refusal({ field: '', reason: 'an event is a JSON object' }, context)
  const fault = typeFault(input) ?? shapeFault(input) ?? projectFault(input, context) ?? markFault(input)
  if (fault) throw refusal(fault, context)
  const isKnown = typeof input['type'] === 'string' && IS_KNOWN.has(input['type'])
  if (isKnown && context.isReported && input['inferred'] !== undefined) throw refusal(CONCLUDED, context)
  const parsed = isKnown ? KnownEvent.safeParse(input) : ForeignEvent.safeParse(input)
  if (!parsed.success) throw refusal(faultOf(parsed.error), context)
  return marked(parsed.data)
}

function marked(event: KnownEvent | ForeignEvent): ParsedEvent {
  for (const key of OURS) if (event[key] !== undefined) Reflect.deleteProperty(event, key)
  for (const key of MARKS) if (event[key] === null) Reflect.deleteProperty(event, key)
  // Only whoever reads the file itself may set it.
  if (event.type === 'state_file') Reflect.deleteProperty(event, 'anew')
  if (!isMarked(event)) throw new Error('an event with a mark that was checked and is no text')
  return event
}

function isMarked(event: KnownEvent | ForeignEvent): event is ParsedEvent {
  return MARKS.every((key) => event[key] === undefined || typeof event[key] === 'string')
}

type Fault = { field: string; reason: string }

const CONCLUDED: Fault = { field: 'inferred', reason: 'is what this service says of transitions that nobody reported; leave it out' }

function typeFault({ type }: Record<string, unknown>): Fault | undefined {
  if (type === undefined) return { field: 'type', reason: `is missing; known are ${KNOWN_TYPES.join(', ')}, and x-… for your own` }
  if (typeof type !== 'string') return { field: 'type', reason: 'is not a text' }
  if (IS_KNOWN.has(type) || type.startsWith('x-')) return undefined
  const nearest = nearestWord(type, KNOWN_TYPES)
  const advice = nearest === undefined ? `known are ${KNOWN_TYPES.join(', ')}.` : `did you mean ${nearest}?`
  return { field: 'type', reason: `"${clipped(type)}" is unknown: ${advice} An event of your own begins with x-` }
}

function projectFault({ project: inside }: Record<string, unknown>, { project }: EventContext): Fault | undefined {
  if (inside === undefined || inside === null || inside === 'default') return undefined
  if (typeof inside !== 'string') return { field: 'project', reason: 'is not a text' }
  if (inside.toLowerCase() === project.toLowerCase()) return undefined
  return { field: 'project', reason: `"${clipped(inside)}" is not ${project}, the project that it was sent to` }
}

function markFault({ id, timestamp }: Record<string, unknown>): Fault | undefined {
  if (id !== undefined && id !== null && !(typeof id === 'string' && isForeignId(id))) {
    return { field: 'id', reason: 'is not a text of 1 to 128 printable characters' }
  }
  if (timestamp === undefined || timestamp === null) return undefined
  if (typeof timestamp === 'string' && parseStatedTime(timestamp)) return undefined
  return { field: 'timestamp', reason: `is not a time like ${STATED_TIME_FORMS}` }
}

function faultOf(error: z.ZodError): Fault {
  const issue = error.issues[0]
  if (!issue) return { field: '', reason: 'does not fit' }
  return { field: issue.path.map(String).join('.'), reason: issueReason(issue) }
}

function issueReason(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('undefined') ? 'is missing' : `is not a ${issue.expected}`
    case 'invalid_value':
      return `is not one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return issue.origin === 'string' ? `is longer than ${issue.maximum} characters` : `is more than ${issue.maximum}`
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : `is less than ${issue.minimum}`
    default:
      return issue.message
  }
}

function refusal({ field, reason }: Fault, { index, line }: EventContext): RefusedError {
  const where = line === undefined ? (index === undefined ? '' : `event ${index}: `) : `line ${line}: `
  const place = line === undefined ? (index === undefined ? {} : { index }) : { line }
  const message = field === '' ? `${where}${reason}` : `${where}${field} ${reason}`
  return new RefusedError('VALIDATION_ERROR', message, { ...place, ...(field === '' ? {} : { field }), reason })
}

function clipped(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64).toWellFormed()}…` : text
}

const DEPTH_LIMIT = 32

type ShapeFault = { field: string; reason: string }

/** Keys that could pollute prototypes. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

function shapeFault(value: object): ShapeFault | undefined {
  const found = faultIn(value, 1)
  return found && { field: found.path.toReversed().join('.'), reason: found.reason }
}

type Found = { path: string[]; reason: string }

function faultIn(value: unknown, depth: number): Found | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > DEPTH_LIMIT) return { path: [], reason: `is nested deeper than ${DEPTH_LIMIT} levels` }
  const isList = Array.isArray(value)
  for (const key of Object.keys(value)) {
    if (!isList && FORBIDDEN_KEYS.has(key)) return { path: [key], reason: 'is not allowed as a key' }
    const inner: unknown = Reflect.get(value, key)
    const found = faultIn(inner, depth + 1)
    if (!found) continue
    found.path.push(key)
    return found
  }
  return undefined
}

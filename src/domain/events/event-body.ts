import { jsonFault, jsonLoss } from './json-text.ts'
import { RefusedError } from '../refused.ts'

export const BATCH_LIMIT = 1_000

export type BodyItem = { value: unknown; index?: number; line?: number }

const LINES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'])
const ACCEPTED = 'application/json (one event or an array) and application/x-ndjson (an event a line)'

/** The values of a body: JSON object, JSON array or NDJSON. Throws RefusedError with the place of the fault. */
export function readEventBody(text: string, mediaType: string | undefined): BodyItem[] {
  const type = mediaType?.split(';')[0]?.trim().toLowerCase() ?? ''
  const isLines = LINES.has(type)
  if (!isLines && type !== '' && type !== 'application/json' && type !== 'text/json' && !type.endsWith('+json')) {
    throw new RefusedError('VALIDATION_ERROR', `content type ${type.slice(0, 100)} is not accepted; send ${ACCEPTED}`, {
      reason: 'content type',
    })
  }
  const items = isLines ? readLines(text) : readJson(text)
  if (items.length === 0) throw new RefusedError('VALIDATION_ERROR', `the body holds no event; send ${ACCEPTED}`, { reason: 'empty' })
  if (items.length > BATCH_LIMIT) {
    const message = `${items.length} events in one batch; send ${BATCH_LIMIT} at most, in several requests if there are more`
    throw new RefusedError('PAYLOAD_TOO_LARGE', message, { limit: BATCH_LIMIT, sent: items.length })
  }
  return items
}

function readJson(text: string): BodyItem[] {
  if (text.trim() === '') return []
  const value = parsed(text, 0)
  refuseLoss({ text, value }, Array.isArray(value) ? 'array' : undefined)
  return Array.isArray(value) ? value.map((inner: unknown, index) => ({ value: inner, index })) : [{ value }]
}

function readLines(text: string): BodyItem[] {
  const items: BodyItem[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const value = parsed(line, index)
    refuseLoss({ text: line, value }, index)
    items.push({ value, line: index + 1 })
  }
  return items
}

function parsed(text: string, linesBefore: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const fault = jsonFault(text)
    const line = linesBefore + fault.line
    const message = `line ${line}, column ${fault.column}: ${fault.reason}`
    throw new RefusedError('VALIDATION_ERROR', message, { line, column: fault.column, reason: fault.reason })
  }
}

function refuseLoss({ text, value }: { text: string; value: unknown }, within: 'array' | number | undefined): void {
  const loss = jsonLoss(text, value)
  if (!loss) return
  const { column, reason } = loss
  const [line, way] = typeof within === 'number' ? [within + loss.line, loss.path] : [loss.line, loss.path.slice(within ? 1 : 0)]
  const place = within === 'array' ? { index: Number(loss.path[0]) } : {}
  const field = shortened(way.join('.'))
  const event = within === 'array' ? `event ${loss.path[0]}: ` : ''
  const message = `line ${line}, column ${column}: ${event}${[field, reason].filter(Boolean).join(' ')}`
  throw new RefusedError('VALIDATION_ERROR', message, { line, column, ...place, field, reason })
}

const shortened = (way: string): string => (way.length > 200 ? `${way.slice(0, 200).toWellFormed()}…` : way)

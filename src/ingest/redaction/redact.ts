import type { NewEvent } from '../../domain/events/event.ts'
import { mayHoldContext, redactContexts } from './secret-contexts.ts'
import { FORM_RULES, mayHoldForm } from './secret-formats.ts'
import { isSecretValue, type Named, namedSecret } from './secret-words.ts'

export type Redact = (event: NewEvent) => NewEvent

export type RedactionSettings = {
  isOn: boolean
  patterns?: readonly string[]
}

const SHORTEST = 8
/** Deeper values cannot be checked and are not stored. */
const DEEPEST = 200
const KEYS_REMEMBERED = 4_096

/** Removes secrets by format, by context and by field name. Throws for an invalid pattern or one that matches ''. */
export function compileRedaction({ isOn, patterns = [] }: RedactionSettings): Redact {
  const own = patterns.map(compilePattern)
  if (!isOn) return (event) => event
  const redactMember = memberWalk((text) => redactText(text, own))
  return (event) => {
    if (own.length === 0 && !mayHoldSecret(event)) return event
    const members: Member[] = Object.entries(event)
    // Changing an id could make two reports one.
    const redacted = mapUnlessSame(members, (member) => (member[0] === 'id' || member[0] === 'type' ? member : redactMember(member, 0)))
    return redacted === members ? event : { ...event, ...Object.fromEntries(redacted) }
  }
}

/** Checking the text first is four times cheaper, and most events hold no secret. */
function mayHoldSecret(event: NewEvent): boolean {
  const text = JSON.stringify(event)
  return mayHoldForm(text) || mayHoldContext(text)
}

type Member = [key: string, value: unknown]
type MemberWalk = (member: Member, depth: number) => Member

function memberWalk(redact: (text: string) => string): MemberWalk {
  const keys = new Map<string, { key: string; named: Named | undefined }>()

  function known(key: string) {
    const entry = keys.get(key) ?? { key: redact(key), named: namedSecret(key) }
    if (keys.size < KEYS_REMEMBERED && key.length <= 64) keys.set(key, entry)
    return entry
  }

  function walkMember(member: Member, depth: number): Member {
    const { key, named } = known(member[0])
    const value = named ? underSecretName({ value: member[1], named, depth }) : walk(member[1], depth)
    return key === member[0] && value === member[1] ? member : [key, value]
  }

  function underSecretName({ value, named, depth }: { value: unknown; named: Named; depth: number }): unknown {
    if (typeof value === 'string') return isSecretValue(value, named, 'quoted') ? `[redacted: ${named.kind}]` : redact(value)
    if (!Array.isArray(value) || depth >= DEEPEST) return walk(value, depth)
    return mapUnlessSame<unknown>(value, (item) => underSecretName({ value: item, named, depth: depth + 1 }))
  }

  function walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return value.length < SHORTEST ? value : redact(value)
    if (typeof value !== 'object' || value === null) return value
    if (depth >= DEEPEST) return '[redacted: nested too deep to look through]'
    if (Array.isArray(value)) return mapUnlessSame<unknown>(value, (item) => walk(item, depth + 1))
    const members: Member[] = Object.entries(value)
    const redacted = mapUnlessSame(members, (member) => walkMember(member, depth + 1))
    return redacted === members ? value : Object.fromEntries(redacted)
  }

  return walkMember
}

function mapUnlessSame<T>(items: T[], map: (item: T) => T): T[] {
  let copy: T[] | undefined
  for (const [index, item] of items.entries()) {
    const mapped = map(item)
    if (mapped !== item) (copy ??= items.slice())[index] = mapped
  }
  return copy ?? items
}

function redactText(text: string, own: readonly RegExp[]): string {
  let rest = text
  if (mayHoldForm(rest)) rest = redactForms(rest)
  if (mayHoldContext(rest)) rest = redactContexts(rest)
  for (const pattern of own) rest = rest.replaceAll(pattern, '[redacted: configured pattern]')
  return rest
}

function redactForms(text: string): string {
  let rest = text
  for (const { kind, pattern, starts } of FORM_RULES) {
    if (starts.length > 0 && !starts.some((start) => text.includes(start))) continue
    rest = rest.replaceAll(pattern, `[redacted: ${kind}]`)
  }
  return rest
}

function compilePattern(source: string): RegExp {
  const pattern = new RegExp(source, 'g')
  if (''.search(pattern) === 0) throw new SyntaxError(`The redaction pattern ${source} matches the empty text`)
  return pattern
}

import { z } from 'zod'
import { nearestWord } from '../domain/nearest-word.ts'
import { describePath, type Problem, showValue } from './problem.ts'
import type { ConfigFile } from './read-file.ts'

export type Findings = {
  problems: Problem[]
  warnings: Problem[]
  /** By place, so that a key that all projects repeat is reported once. */
  unknownKeys: Map<string, { first: Problem; count: number }>
}

/** No problems yet. */
export const noFindings = (): Findings => ({ problems: [], warnings: [], unknownKeys: new Map() })

type Path = readonly PropertyKey[]
type SectionPlace = { file: ConfigFile; path: Path; findings: Findings }
type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** Validates a section; undefined on problems, which are noted. Unknown keys are warnings. */
export function readSection<Output>(schema: z.ZodType<Output>, given: unknown, { file, path, findings }: SectionPlace): Output | undefined {
  const value = withoutEmpty(given)
  const known = new Map<string, string[]>()
  const error = (issue: RawIssue) => {
    if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
      known.set(describePath(issue.path ?? []), Object.keys(issue.inst.shape))
    }
    return undefined
  }
  const result = schema.safeParse(value, { error, reportInput: true })
  if (result.success) return result.data
  const unknown = result.error.issues.filter((issue) => issue.code === 'unrecognized_keys')
  for (const issue of unknown) {
    for (const key of issue.keys) {
      const nearest = nearestWord(key, known.get(describePath(issue.path)) ?? [])
      noteUnknownKey({ file, findings, path: [...path, ...issue.path, key] }, nearest)
    }
    drop(value, issue.path, issue.keys)
  }
  const wrong = result.error.issues.filter((issue) => issue.code !== 'unrecognized_keys')
  for (const issue of wrong) findings.problems.push(file.problem([...path, ...issue.path], describeIssue(issue)))
  return wrong.length > 0 ? undefined : schema.safeParse(value).data
}

/** Warns of an unknown key, with the nearest known one. */
export function noteUnknownKey({ file, path, findings }: SectionPlace, nearest: string | undefined): void {
  const kind = describePath(path.filter((_, index) => index !== 1 || path.length === 2))
  const known = findings.unknownKeys.get(kind)
  const advice = nearest === undefined ? 'it is not used' : `did you mean ${nearest}?`
  if (known) known.count++
  else findings.unknownKeys.set(kind, { first: file.keyProblem(path, `is not a known setting; ${advice}`), count: 1 })
}

/** All findings in the order of the file. */
export function sortFindings({ problems, warnings, unknownKeys }: Findings): { problems: Problem[]; warnings: Problem[] } {
  const repeated = (count: number) => (count === 1 ? '' : ` (and in ${count - 1} more places)`)
  const unknown = [...unknownKeys.values()].map(({ first, count }) => ({ ...first, reason: `${first.reason}${repeated(count)}` }))
  const position = ({ line, column }: Problem) => (line ?? 0) * 2 ** 21 + (column ?? 0)
  const sorted = (list: Problem[]) => list.toSorted((one, other) => position(one) - position(other))
  return { problems: sorted(problems), warnings: sorted([...warnings, ...unknown]) }
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutEmpty(item))
  if (!isSection(value)) return value
  const filled = Object.entries(value).filter(([, part]) => part !== null)
  return Object.fromEntries(filled.map(([key, part]) => [key, withoutEmpty(part)]))
}

function drop(value: unknown, path: Path, keys: string[]) {
  let section = value
  for (const key of path) section = isSection(section) ? section[key] : undefined
  if (isSection(section)) for (const key of keys) Reflect.deleteProperty(section, key)
}

const isSection = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === 'object' && value !== null

const SECRETS: ReadonlySet<unknown> = new Set([
  'token',
  'secret',
  'client_secret',
  'metrics_token',
  'PROXY_SECRET',
  'OIDC_CLIENT_SECRET',
  'METRICS_TOKEN',
])

/** The reason in words; it repeats values, but never secret ones. */
export function describeIssue(issue: Issue): string {
  const got = SECRETS.has(issue.path.at(-1)) ? 'a value that is not shown' : showValue(issue.input)
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `expected ${EXPECTED[issue.expected] ?? issue.expected}, got ${got}${hint(issue)}`
    case 'invalid_value':
      if ('expected' in issue && issue.expected === 'stringbool') return `must be true or false, got ${got}`
      return `expected ${issue.values.map(String).join(', ')}; got ${got}${didYouMean(issue.input, issue.values.map(String))}`
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'must not be empty' : `must be ${least(issue)}, got ${got}`
    case 'too_big':
      return `must be at most ${issue.maximum}${UNIT[issue.origin] ?? ''}${issue.origin === 'number' ? `, got ${got}` : ''}`
    case 'invalid_format':
      return `${issue.message}, got ${got}`
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join('; ')
    default:
      return issue.message
  }
}

const EXPECTED: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of settings',
  record: 'a section of settings',
}
const UNIT: Record<string, string> = { string: ' characters', array: ' entries' }

const least = ({ minimum, inclusive }: { minimum: number | bigint; inclusive?: boolean }) =>
  inclusive === false ? `more than ${minimum}` : `at least ${minimum}`

function hint({ expected, input }: { expected: string; input?: unknown }): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) return '; put it in quotes'
  return typeof input === 'string' && /^\d+$/.test(input) && /int|number/.test(expected) ? '; take the quotes away' : ''
}

function didYouMean(input: unknown, words: string[]): string {
  const word = typeof input === 'string' ? nearestWord(input, words) : undefined
  return word === undefined ? '' : `; did you mean ${word}?`
}

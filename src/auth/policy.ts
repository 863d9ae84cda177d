import { type Action, type PolicyLine, readPolicyLine, rolesIn } from '../domain/policy-line.ts'
import type { Viewer } from './viewer.ts'

export type { Action } from '../domain/policy-line.ts'

/** What a decision needs to know of a project. */
export type Decided = { name: string; tags: readonly string[] }

/** What people may do, as lines say it. */
export type Policy = {
  /**
   * Whether a viewer may do something to a project, or without one to the whole service: then only rules for all projects count.
   * Deny wins over every allow, in whatever order the lines stand; what no line allows is not allowed.
   */
  allows(viewer: Viewer, action: Action, project?: Decided): boolean
  /** The same, with the line that decided. */
  decision(viewer: Viewer, action: Action, project?: Decided): Decision
  /**
   * The same text for viewers who may see and act on the same projects, whatever those are called: what is drawn for one of them
   * is right for all. Empty for those who may do both everywhere.
   */
  audienceOf(viewer: Viewer): string
  /** Whether it is allowed on every project there is or may be. */
  isEverywhere(viewer: Viewer, action: 'see' | 'act'): boolean
  /** The roles that somebody can be given. */
  roles: readonly string[]
}

/** Why something is allowed or not: the line that decided; undefined when none speaks of it, which is a no. */
export type Decision = { isAllowed: boolean; line: string | undefined; isBuiltIn: boolean; isBeyondToken: boolean }

const BUILT_IN = [
  'p, role:viewer, see, *, allow',
  'p, role:operator, see, *, allow',
  'p, role:operator, act, *, allow',
  'p, role:operator, report, *, allow',
  'p, role:admin, *, *, allow',
]

const VIEWERS_KEPT = 1_000

/** The policy of these lines and the built-in roles. Throws on a line that cannot be read: the configuration refuses those first. */
export function compilePolicy(texts: readonly string[]): Policy {
  const lines = [...BUILT_IN, ...texts].map(read)
  // A person is read anew from the session at each request, so it is kept by what rules depend on, too.
  const held = new Map<string, Held>()
  const heldByOne = new WeakMap<Viewer, Held>()

  function heldBy(viewer: Viewer): Held {
    const same = heldByOne.get(viewer)
    if (same) return same
    const { user, groups, roles, scopes, via } = viewer
    const key = JSON.stringify([user, groups, roles, scopes, via])
    const known = held.get(key) ?? rulesByAction(rulesFor(lines, viewer), viewer)
    if (held.size >= VIEWERS_KEPT) held.clear()
    held.set(key, known)
    heldByOne.set(viewer, known)
    return known
  }

  const decision: Policy['decision'] = (viewer, action, project) =>
    decideBy(heldBy(viewer)[action], viewer.scopes?.includes(action), project)
  return {
    decision,
    allows: (viewer, action, project) => decision(viewer, action, project).isAllowed,
    audienceOf: (viewer) => heldBy(viewer).audience,
    isEverywhere: (viewer, action) => viewer.scopes?.includes(action) !== false && effectOf(heldBy(viewer)[action]) === '*',
    roles: rolesIn(lines),
  }
}

function read(text: string): PolicyLine {
  const result = readPolicyLine(text)
  if ('fault' in result) throw new Error(`a line of the policy ${result.fault}: ${text}`)
  return result.line
}

function decideBy(held: readonly HeldRule[], isInScope: boolean | undefined, project: Decided | undefined): Decision {
  const rules = held.filter(({ within }) => within.every((patterns) => matchesOne(patterns, project)))
  const rule = rules.find(({ line }) => !line.isAllowed) ?? rules[0]
  const isBuiltIn = rule !== undefined && BUILT_IN.includes(rule.line.text)
  const isBeyondToken = isInScope === false
  return { isAllowed: rule?.line.isAllowed === true && !isBeyondToken, line: rule?.line.text, isBuiltIn, isBeyondToken }
}

/** A rule that holds for a viewer where each group has a pattern that matches: the line's own, and those of the roles that lead to it. */
type HeldRule = { line: Extract<PolicyLine, { kind: 'p' }>; within: readonly (readonly string[])[] }
type Held = Record<Action, readonly HeldRule[]> & { audience: string }

function rulesByAction(rules: readonly HeldRule[], viewer: Viewer): Held {
  const on = (action: Action) => rules.filter(({ line }) => line.action === action || line.action === '*')
  const byAction = { see: on('see'), act: on('act'), report: on('report'), manage: on('manage'), admin: on('admin') }
  return { ...byAction, audience: audienceFrom(viewer, byAction) }
}

function rulesFor(lines: readonly PolicyLine[], viewer: Viewer): HeldRule[] {
  const roles = rolesOf(lines, viewer)
  return lines.flatMap((line) => {
    if (line.kind === 'g') return []
    if (line.subject.kind !== 'role') return concerns(line, viewer) ? [{ line, within: narrowed([], [line.projects]) }] : []
    const { name } = line.subject
    return roles.flatMap(({ role, within }) => (role === name ? [{ line, within: narrowed(within, [line.projects]) }] : []))
  })
}

type HeldRole = { role: string; within: readonly (readonly string[])[] }

/** Roles from signing in, from `g` lines, and from roles that have roles. One that is reached again in the same way ends the walk. */
function rolesOf(lines: readonly PolicyLine[], viewer: Viewer): HeldRole[] {
  const memberships = lines.filter((line) => line.kind === 'g')
  const direct = memberships.filter((line) => concerns(line, viewer))
  const open: HeldRole[] = [
    ...viewer.roles.filter(({ projects }) => projects.length > 0).map(({ role, projects }) => ({ role, within: narrowed([], projects) })),
    ...direct.map(({ role, projects }) => ({ role, within: narrowed([], [projects]) })),
  ]
  const found = new Map<string, HeldRole>()
  for (let held = open.shift(); held !== undefined; held = open.shift()) {
    const key = JSON.stringify(held)
    if (found.has(key)) continue
    found.set(key, held)
    for (const { subject, role, projects } of memberships) {
      if (subject.kind === 'role' && subject.name === held.role) open.push({ role, within: narrowed(held.within, [projects]) })
    }
  }
  return [...found.values()]
}

/** Both conditions. The same set of patterns is written once, so that a circle of roles comes to an end. */
function narrowed(within: HeldRole['within'], patterns: readonly string[]): HeldRole['within'] {
  const folded = [...new Set(patterns.map((pattern) => pattern.toLowerCase()))].toSorted()
  if (folded.includes('*') || within.some((other) => other.join() === folded.join())) return within
  return [...within, folded].toSorted((one, other) => (one.join() < other.join() ? -1 : 1))
}

/** What everybody may do who signed in widens no token: it was made for named projects. What everybody is denied, it is denied too. */
function concerns(line: PolicyLine, { user, groups, via }: Viewer): boolean {
  const { kind, name } = line.subject
  if (kind === 'user' && name === '*') return via !== 'token' || (line.kind === 'p' && !line.isAllowed)
  return (kind === 'user' && name === user) || (kind === 'group' && groups.includes(name))
}

const matchesOne = (patterns: readonly string[], project: Decided | undefined) =>
  project !== undefined && patterns.some((pattern) => matches(pattern, project))

function matches(pattern: string, { name, tags }: Decided): boolean {
  if (pattern.startsWith('tag:')) return tags.some((tag) => tag.toLowerCase() === pattern.slice(4))
  return matchesName(pattern, name.toLowerCase())
}

/** Wildcards without backtracking: each part is found as early as it can be, the last one at the end. */
function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return pattern === name
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let from = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return from <= end
}

type ByAction = Record<Action, readonly HeldRule[]>

function audienceFrom({ scopes }: Viewer, held: ByAction): string {
  const [see, act] = (['see', 'act'] as const).map((action) => (scopes?.includes(action) === false ? '' : effectOf(held[action])))
  return see === '*' && act === '*' ? '' : `see ${see}; act ${act}`
}

/** What rules come to, in one spelling: `*` for everything, nothing for nothing. */
function effectOf(rules: readonly HeldRule[]): string {
  const spelled = (isAllowed: boolean) => {
    const those = rules
      .filter(({ line }) => line.isAllowed === isAllowed)
      .map(({ within }) => within.map((any) => any.join('|')).join('&') || '*')
    return those.includes('*') ? '*' : [...new Set(those)].toSorted().join(' ')
  }
  const [allowed, denied] = [spelled(true), spelled(false)]
  if (allowed === '' || denied === '*') return ''
  return denied === '' ? allowed : `${allowed} not ${denied}`
}

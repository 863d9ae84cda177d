import { nearestWord } from './nearest-word.ts'

/**
 * What can be allowed. `see`: read a project. `act`: commands, decisions, archive. `report`: send events. `manage`: create, change
 * and purge projects. `admin`: tokens, other people's sessions, the audit log, the configuration.
 */
export const ACTIONS = ['see', 'act', 'report', 'manage', 'admin'] as const
export type Action = (typeof ACTIONS)[number]

/** Roles that are there without a line. */
export const BUILT_IN_ROLES = ['viewer', 'operator', 'admin'] as const

export type Subject = { kind: 'role' | 'user' | 'group'; name: string }

/** One line of a policy, read. `text` is the line as it was written. */
export type PolicyLine =
  | { kind: 'p'; text: string; subject: Subject; action: Action | '*'; projects: string; isAllowed: boolean }
  | { kind: 'g'; text: string; subject: Subject; role: string; projects: string }

/** A line, or what is wrong with it and what to write instead. */
export type ReadLine = { line: PolicyLine } | { fault: string }

const FORM_P = 'p, role:NAME or user:NAME or group:NAME, ACTION, PROJECTS, allow or deny'
const FORM_G = 'g, user:NAME or group:NAME or role:NAME, role:NAME[, PROJECTS]'
const PROJECTS = /^[A-Za-z0-9._*-]{1,63}$/
const LINE_LIMIT = 1_000

class Fault extends Error {}

/** Reads one line of the form that Argo CD's policies have; never throws. */
export function readPolicyLine(text: string): ReadLine {
  try {
    return { line: lineOf(text) }
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message }
    throw error
  }
}

function lineOf(text: string): PolicyLine {
  if (text.length > LINE_LIMIT) throw new Fault(`is longer than ${LINE_LIMIT} characters`)
  const [kind = '', ...fields] = text.split(',').map((field) => field.trim())
  if (kind === 'p') return ruleOf(text, fields)
  if (kind === 'g') return membershipOf(text, fields)
  throw new Fault(`begins with ${shown(kind)}: write p for a rule (${FORM_P}) or g for who has a role (${FORM_G})`)
}

function ruleOf(text: string, fields: string[]): PolicyLine {
  const [subject = '', action = '', projects = '', effect = ''] = fields
  if (fields.length !== 4) throw new Fault(`has ${fields.length} fields after p, not 4: write ${FORM_P}`)
  if (effect !== 'allow' && effect !== 'deny')
    throw new Fault(`ends with ${shown(effect)}: write allow or deny${meant(effect, ['allow', 'deny'])}`)
  return {
    kind: 'p',
    text,
    subject: subjectOf(subject),
    action: actionOf(action),
    projects: projectsOf(projects),
    isAllowed: effect === 'allow',
  }
}

function membershipOf(text: string, fields: string[]): PolicyLine {
  const [member = '', role = '', projects = '*'] = fields
  if (fields.length < 2 || fields.length > 3) throw new Fault(`has ${fields.length} fields after g, not 2 or 3: write ${FORM_G}`)
  const given = /^[\w-]+$/.test(role) ? { kind: 'role', name: role } : subjectOf(role)
  if (given.kind !== 'role') throw new Fault(`gives ${shown(role)}, which is no role: write role:NAME, such as role:viewer`)
  return { kind: 'g', text, subject: subjectOf(member), role: given.name, projects: projectsOf(projects) }
}

const KINDS = ['role', 'user', 'group'] as const

function subjectOf(text: string): Subject {
  const colon = text.indexOf(':')
  const [kind, name] = [KINDS.find((known) => known === text.slice(0, colon)), text.slice(colon + 1)]
  if (kind === undefined || colon < 0 || name === '') {
    throw new Fault(`names ${shown(text)}: write role:NAME, user:NAME or group:NAME; user:* is everybody who signed in`)
  }
  if (name !== '*' && name.includes('*')) throw new Fault(`names ${shown(text)}: a * stands alone here, as in user:*, not in a name`)
  if (kind !== 'user' && name === '*') throw new Fault(`names ${shown(text)}: user:* is everybody who signed in`)
  return { kind, name }
}

function actionOf(text: string): Action | '*' {
  const action = text === '*' ? text : ACTIONS.find((known) => known === text)
  if (action === undefined) throw new Fault(`names the action ${shown(text)}: write ${ACTIONS.join(', ')} or *${meant(text, ACTIONS)}`)
  return action
}

function projectsOf(text: string): string {
  if (/^tag:./.test(text) || PROJECTS.test(text)) return text
  throw new Fault(`names the projects ${shown(text)}: write * for all, a name that may hold * (payments-*), or tag:WORD`)
}

/** Names of roles that nothing defines, with what is wrong, by the index of their line. */
export function unknownRoles(lines: readonly (PolicyLine | undefined)[]): { index: number; fault: string }[] {
  const known = rolesIn(lines.filter((line) => line !== undefined))
  return lines.flatMap((line, index) => {
    const names = line === undefined ? [] : line.kind === 'g' ? [line.role, ...asRole(line.subject)] : []
    const unknown = names.find((name) => !known.includes(name))
    return unknown === undefined ? [] : [{ index, fault: roleFault(unknown, known) }]
  })
}

/** All roles that a policy knows, with those that are built in. */
export function rolesIn(lines: readonly PolicyLine[]): string[] {
  const defined = lines.flatMap((line) => (line.kind === 'p' ? asRole(line.subject) : []))
  return [...new Set<string>([...BUILT_IN_ROLES, ...defined])]
}

const asRole = ({ kind, name }: Subject) => (kind === 'role' ? [name] : [])

function roleFault(name: string, known: readonly string[]): string {
  const advice = meant(
    `role:${name}`,
    known.map((role) => `role:${role}`),
  )
  return `names role:${name}, which no p line defines; there are ${known.map((role) => `role:${role}`).join(', ')}${advice}`
}

const shown = (text: string) => (text === '' ? 'nothing' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text))

function meant(text: string, words: readonly string[]): string {
  const word = nearestWord(text, words)
  return word === undefined ? '' : `; did you mean ${word}?`
}

import { z } from 'zod'
import { hidesSomething, showsSomething } from './unseen.ts'

const PROJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

export const UNASSIGNED = 'unassigned'

export const PROJECTS_LOG = '_projects'
/** Tokens, ended sessions. */
export const ACCESS_LOG = '_access'
/** Who did what, and what was refused. */
export const AUDIT_LOG = '_audit'

/** Whether a log is the service's own: no project can have its name. */
export const isOwnLog = (name: string): boolean => name.startsWith('_')

/** Why a name cannot name a project; undefined when it can. */
export function projectNameProblem(name: string): string | undefined {
  if (name === 'default' || name === UNASSIGNED) return `"${name}" is reserved`
  if (isOwnLog(name)) return 'names that begin with _ are reserved'
  if (!PROJECT_NAME.test(name)) return 'use 1 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit'
  return undefined
}

const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const ID_LIMIT = 128

/** Whether a text can be an identifier: 1 to 128 visible characters. */
export function isForeignId(text: string): boolean {
  return text.length <= ID_LIMIT && idFault(text) === undefined
}

/** An invisible or reordering character would make two identifiers look the same. */
function idFault(text: string): string | undefined {
  if (!text.isWellFormed() || text.includes('\ufffd')) return 'is not well-formed text'
  if (DECEPTIVE.test(text)) return 'contains control or direction characters'
  if (hidesSomething(text)) return 'contains characters that cannot be seen'
  return showsSomething(text) ? undefined : 'shows nothing'
}

export const ForeignId = z
  .string()
  .min(1)
  .max(ID_LIMIT)
  .superRefine((text, context) => {
    const message = idFault(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

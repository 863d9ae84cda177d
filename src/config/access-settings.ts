import type { Flags } from './flags.ts'
import { nearestWord } from '../domain/nearest-word.ts'
import { isProjectPattern, isShownName, isTokenDays, type Scope, SCOPES, TOKEN_DAYS } from '../domain/token-terms.ts'
import { quoted, UsageError } from './problem.ts'

/** What `visualizer sign-in-link` makes. */
export type LinkSettings = { role: string; projects: string[]; name: string | undefined }

/** What `visualizer token` does. */
export type TokenSettings =
  | {
      ask: 'create'
      name: string
      scopes: Scope[]
      projects: string[]
      /** Undefined: it never ends. */ days: number | undefined
    }
  | { ask: 'list' }
  | { ask: 'revoke'; id: string }

/** The flags of `visualizer sign-in-link`. Throws a `UsageError`. */
export function readLink(flags: Flags): LinkSettings {
  return {
    role: flags.role ?? 'admin',
    projects: patternsOf(flags.projects),
    name: flags.name === undefined ? undefined : nameOf(flags.name),
  }
}

/** The words and flags of `visualizer token`. Throws a `UsageError`. */
export function readToken([ask, word, ...others]: string[], flags: Flags): TokenSettings {
  if (ask === 'list' && word === undefined) return { ask }
  if (ask === 'revoke' && word !== undefined && others.length === 0) return { ask, id: word }
  if (ask !== 'create' || word === undefined || others.length > 0) {
    throw new UsageError('token takes create <name>, list, or revoke <id>; see visualizer token --help')
  }
  return {
    ask,
    name: nameOf(word),
    scopes: scopesOf(flags.scopes),
    projects: patternsOf(flags.projects),
    days: daysOf(flags.days ?? String(TOKEN_DAYS.usual)),
  }
}

const partsOf = (text: string) => text.split(',').flatMap((part) => part.trim() || [])

function scopesOf(text: string | undefined) {
  if (text === undefined) throw new UsageError(`say what the token is for: --scopes ${SCOPES.join(', ')}, or several with commas`)
  return partsOf(text).map((word) => {
    const scope = SCOPES.find((known) => known === word)
    if (scope) return scope
    const meant = nearestWord(word, SCOPES)
    throw new UsageError(
      `there is no scope ${quoted(word)}; ${meant === undefined ? `choose ${SCOPES.join(', ')}` : `did you mean ${meant}?`}`,
    )
  })
}

function patternsOf(text: string | undefined): string[] {
  const patterns = partsOf(text ?? '*')
  const wrong = patterns.find((pattern) => !isProjectPattern(pattern))
  if (wrong !== undefined)
    throw new UsageError(`--projects takes names, which may hold *, and tag:word, separated by commas; not ${quoted(wrong)}`)
  return patterns
}

function nameOf(text: string): string {
  if (isShownName(text.trim())) return text.trim()
  throw new UsageError('a name has 1 to 100 characters that can be seen')
}

function daysOf(text: string): number | undefined {
  if (text === 'never') return undefined
  if (/^\d{1,4}$/.test(text) && isTokenDays(Number(text))) return Number(text)
  throw new UsageError(`--days must be 1 to ${TOKEN_DAYS.most}, or never; not ${quoted(text)}`)
}

import type { Action } from '../domain/policy-line.ts'

/** A role, on the projects that match one of the patterns: a name that may hold `*`, or `tag:word`. */
export type RoleGrant = { role: string; projects: readonly string[] }

/** Who somebody is, as every way of signing in establishes it. */
export type Identity = { user: string; name: string; groups: readonly string[]; roles: readonly RoleGrant[] }

/** Who asks: a person or a program, for the length of a request or a websocket. */
export type Viewer = Identity & {
  via: 'open' | 'session' | 'token' | 'jwt' | 'proxy'
  /** The hash of the session's id. */
  session?: string | undefined
  /** What a token may do at most; undefined: whatever the roles allow. */
  scopes?: readonly Action[] | undefined
}

/** Whoever reaches a service that asks nobody who they are. */
export const OPEN_VIEWER: Viewer = { user: 'anyone', name: 'anyone', groups: [], roles: [{ role: 'admin', projects: ['*'] }], via: 'open' }

/** Whoever is refused before it is known who asks: may do nothing. */
export const NOBODY: Viewer = { user: 'nobody', name: '', groups: [], roles: [], via: 'open' }

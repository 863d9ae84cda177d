import { z } from 'zod'
import type { Findings } from './findings.ts'
import type { ReadVariables } from './problem.ts'
import { truth, whole } from './schema-values.ts'
import { type Secret, secret } from './secret.ts'

export const AUTH_MODES = ['open', 'token', 'oidc', 'proxy'] as const
export type AuthMode = (typeof AUTH_MODES)[number]

export const SAME_SITES = ['Strict', 'Lax', 'None'] as const

export type SessionConfig = {
  /** Ends after so long without a request. */
  idleMinutes: number
  /** Ends so long after sign-in, whatever happens. */
  hours: number
  /** Whether the cookie outlives the browser. */
  isPermanent: boolean
  sameSite: (typeof SAME_SITES)[number]
  /** Undefined: over https only where the request came over https. */
  isSecure: boolean | undefined
}

export type AuthConfig = {
  mode: AuthMode
  /** The first signs, all verify. Empty in development without SECRET_KEY: one is made and kept in the data folder. */
  secretKeys: Secret[]
  session: SessionConfig
  /** Entries of the audit log are kept so long; 0 keeps them for good. */
  auditDays: number
}

const lower = (text: string) => text.toLowerCase()

export const AUTH_VARIABLES = {
  AUTH: z
    .string()
    .transform(lower)
    .pipe(z.enum(AUTH_MODES))
    .optional()
    .describe('Who is let in: open (this machine alone; the default on localhost), token (the default elsewhere), oidc or proxy.'),
  SECRET_KEY: z
    .string()
    .max(4096)
    .optional()
    .describe('Signs sessions; "visualizer secret" prints one. Required outside development where people sign in. Secret.'),
  SECRET_KEY_PREVIOUS: z.string().max(4096).optional().describe('The key before: what it signed stays valid. Secret.'),
  AUDIT_DAYS: whole(z.int().min(0).max(36_500), 'Days for which entries of the audit log are kept; 0 keeps them for good. Default 400.'),
  SESSION_IDLE_MINUTES: whole(z.int().min(1).max(525_600), 'Minutes without a request after which a session ends. Default 720.'),
  SESSION_HOURS: whole(z.int().min(1).max(8_760), 'Hours after sign-in at which a session ends in any case. Default 168.'),
  SESSION_PERMANENT: truth('Whether a session outlives the browser. Default false.'),
  SESSION_COOKIE_SECURE: truth('Whether the session cookie is for https alone. Default: where the request came over https.'),
  SESSION_COOKIE_HTTPONLY: z
    .stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] })
    .refine((isOn) => isOn, 'cannot be switched off: no script of a page may read the session')
    .optional()
    .describe('true, always: scripts of pages cannot read the session cookie.'),
  SESSION_COOKIE_SAMESITE: z
    .string()
    .transform((text) => SAME_SITES.find((one) => lower(one) === lower(text)) ?? text)
    .pipe(z.enum(SAME_SITES))
    .optional()
    .describe('Strict, Lax (default) or None: whether requests from other sites carry the session.'),
}

/** Variables that may stand in a file, whose name has `_FILE` at its end. */
export const SECRET_FILES = [
  'SECRET_KEY',
  'SECRET_KEY_PREVIOUS',
  'REDIS_URL',
  'DATABASE_URL',
  'OIDC_CLIENT_SECRET',
  'PROXY_SECRET',
  'METRICS_TOKEN',
] as const

const ONLY_SIGNED_IN = [
  'SECRET_KEY',
  'SECRET_KEY_PREVIOUS',
  'SESSION_IDLE_MINUTES',
  'SESSION_HOURS',
  'SESSION_PERMANENT',
  'SESSION_COOKIE_SECURE',
  'SESSION_COOKIE_SAMESITE',
] as const
const UNUSED = 'is not used: with AUTH=open nobody signs in'

type Variables = ReadVariables<z.infer<z.ZodObject<typeof AUTH_VARIABLES>>>
type Surroundings = { isLoopback: boolean; isAllowedOpen: boolean; isDevelopment: boolean; fileMode: AuthMode | undefined }

/** Who is let in, and how sessions are kept; reports what is not safe. */
export function readAuth(outside: Variables, around: Surroundings, findings: Findings): AuthConfig {
  const { given, problem } = outside
  const mode = given.AUTH ?? around.fileMode ?? (around.isLoopback || around.isAllowedOpen ? 'open' : 'token')
  const isSecure = given.SESSION_COOKIE_SECURE
  const sameSite = given.SESSION_COOKIE_SAMESITE ?? 'Lax'
  if (mode === 'open') for (const name of ONLY_SIGNED_IN) if (given[name] !== undefined) findings.warnings.push(problem(name, UNUSED))
  if (sameSite === 'None' && isSecure === false) {
    findings.problems.push(problem('SESSION_COOKIE_SAMESITE', 'None needs SESSION_COOKIE_SECURE=true: browsers drop the cookie otherwise'))
  }
  return {
    mode,
    secretKeys: mode === 'open' ? [] : readSecretKeys(outside, around.isDevelopment, findings),
    auditDays: given.AUDIT_DAYS ?? 400,
    session: {
      idleMinutes: given.SESSION_IDLE_MINUTES ?? 720,
      hours: given.SESSION_HOURS ?? 168,
      isPermanent: given.SESSION_PERMANENT ?? false,
      sameSite,
      isSecure,
    },
  }
}

const HOW = 'set it to what "visualizer secret" prints'

function readSecretKeys({ given, problem }: Variables, isDevelopment: boolean, findings: Findings): Secret[] {
  const keys: Secret[] = []
  for (const name of ['SECRET_KEY', 'SECRET_KEY_PREVIOUS'] as const) {
    const text = given[name]
    if (text === undefined) continue
    const fault = keyFault(text)
    if (fault === undefined || isDevelopment) keys.push(secret(text))
    if (fault !== undefined) (isDevelopment ? findings.warnings : findings.problems).push(problem(name, `${fault}; ${HOW}`))
  }
  if (given.SECRET_KEY === undefined && given.SECRET_KEY_PREVIOUS !== undefined) {
    findings.problems.push(problem('SECRET_KEY_PREVIOUS', 'is the key before SECRET_KEY, which is not set'))
  } else if (given.SECRET_KEY === undefined && !isDevelopment) {
    findings.problems.push(problem('SECRET_KEY', `is required where people sign in: ${HOW}`))
  }
  return keys
}

/** Words that a random text of this length does not hold by chance. */
const PLACEHOLDER = /your[-_ ]|change[-_ ]|changeme|example|placeholder|secret|password|replace|development/i
const KEY_BITS = 256

/** Why a text is too weak to sign with; undefined when it is not. The text is never repeated. */
export function keyFault(text: string): string | undefined {
  if (PLACEHOLDER.test(text)) return 'looks like a placeholder'
  const bitsEach = /^[\da-f]+$/i.test(text) ? 4 : 6
  if (text.length * bitsEach < KEY_BITS)
    return `is too short: a key has 32 random bytes, which is ${KEY_BITS / 4} hexadecimal digits or 43 letters`
  return isMonotonous(text) ? 'repeats itself: a key is random' : undefined
}

/** Random texts of this length use many characters, none of them too often. */
function isMonotonous(text: string): boolean {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const share = Math.max(...counts.values()) / text.length
  return counts.size < 10 || share > 0.25
}

import { SQL } from 'bun'
import { LogUnavailableError, UnusableLogError } from '../event-log.ts'

export class LateError extends Error {
  override name = 'LateError'
}

// SQLSTATE codes and classes, https://www.postgresql.org/docs/current/errcodes-appendix.html
const REASONS: [pattern: RegExp, reason: string][] = [
  [/^53100/, 'its disk is full'],
  [/^53300/, 'it has no connection left'],
  [/^53/, 'it is short of memory or another resource'],
  [/^57014/, 'the statement took too long'],
  [/^57P03/, 'it is starting or shutting down'],
  [/^57/, 'it was shut down'],
  [/^(25006|25P03)/, 'it is read-only'],
  [/^(40|55P03)/, 'others stood in the way'],
  [/^(3F000|42P01|42883|42703)/, 'the tables of the event log are not there'],
  [/^28/, 'it does not let this user in'],
  [/^3D000/, 'the database is not there'],
  [/^42501/, 'this user may not use the tables of the event log'],
  [/^08/, 'the connection broke'],
  [/^(58|XX|F0)/, 'it reported a fault of its own'],
]

const HARMLESS = /^(53100|53200|53400|57014|40|55P03)/

function sqlState(error: unknown): string | undefined {
  return error instanceof SQL.PostgresError ? error.errno : undefined
}

function engineFailure(error: unknown): string | undefined {
  if (error instanceof LateError) return 'it did not answer in time'
  if (!(error instanceof SQL.PostgresError)) return undefined
  const state = sqlState(error)
  if (state === undefined) return error.code === 'ERR_POSTGRES_CONNECTION_REFUSED' ? 'it cannot be reached' : 'the connection broke'
  return REASONS.find(([pattern]) => pattern.test(state))?.[1]
}

/** Whether the connection is lost, in doubt, or leads to another server now. */
export function spoilsConnection(error: unknown): boolean {
  const state = sqlState(error)
  return engineFailure(error) !== undefined && (state === undefined || !HARMLESS.test(state))
}

/** The error for callers: LogUnavailableError where the engine failed. `place` holds no password. */
export function asLogError(error: unknown, place: string): unknown {
  // While in use it is no reason to end: the log answers again once it is mended.
  if (error instanceof UnusableLogError) return new LogUnavailableError(error.message, { cause: error })
  const reason = engineFailure(error)
  return reason === undefined ? error : new LogUnavailableError(`the event log ${place} cannot answer: ${reason}`, { cause: error })
}

/** What must be changed before this server can be the log; undefined where waiting is enough. */
export function unusable(error: unknown, place: string): UnusableLogError | undefined {
  if (error instanceof UnusableLogError) return error
  const state = sqlState(error) ?? ''
  const said = error instanceof Error ? error.message : ''
  const refused = (step: string) => new UnusableLogError(`the event log ${place} cannot be used: ${said}; ${step}`, { cause: error })
  if (state.startsWith('28')) return refused('check user and password in DATABASE_URL')
  if (state === '3D000') return refused('create the database, or name another in DATABASE_URL')
  if (state === '42501') {
    return refused('let this user create the schema "visualizer" (GRANT CREATE ON DATABASE), or own the one that is there')
  }
  return undefined
}

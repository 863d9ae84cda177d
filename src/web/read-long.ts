import type { Context } from 'hono'
import type { Turns } from '../projection/long-reads.ts'
import type { PastDeps } from '../projection/time-travel.ts'
import type { Env, WebDeps } from './env.ts'

/** What a long reading of the log for one request stands on: it keeps its turns. */
export type Reading = PastDeps & { turns: Turns }

/** Reads more of the log than a page for a request: when it is its turn, in turns, and no longer than somebody waits for it. */
export function readLong<T>(c: Context<Env>, { longReads, eventLog, log }: WebDeps, work: (reading: Reading) => Promise<T>): Promise<T> {
  const onError = (error: unknown) => log.error('a saved state was passed over', { error })
  return longReads.run(c.env.arrived.signal, (turns) => work({ eventLog, onError, turns }))
}

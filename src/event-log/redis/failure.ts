import { ReplyError } from 'ioredis'
import { redisReason } from '../../redis/reason.ts'
import { LogUnavailableError } from '../event-log.ts'
import { inTime } from '../in-time.ts'

const REASONS: Record<string, string> = {
  OOM: 'its memory is full: raise maxmemory, or keep events for a shorter time',
  READONLY: 'it is a replica; it answers again when the client has found the new master',
  LOADING: 'it is still loading its file',
  BUSY: 'it is held up by a script of somebody else',
  MISCONF: 'it cannot write its file: see its log, the disk may be full',
  CLUSTERDOWN: 'a part of the Cluster is down: bring the master back, or let a replica take its place',
  MASTERDOWN: 'its master is away',
  NOREPLICAS: 'too few replicas are connected for min-replicas-to-write',
  MOVED: 'the Cluster is moving these keys',
  ASK: 'the Cluster is moving these keys',
  TRYAGAIN: 'the Cluster is moving these keys',
  NOAUTH: 'it wants a password: set one in REDIS_URL',
  WRONGPASS: 'it refuses user or password of REDIS_URL',
  NOPERM: 'the user of REDIS_URL may not do this: allow scripts and streams on visualizer:*',
  DAMAGED: 'events are missing that it should hold: stop the program and restore a backup',
  WRONGTYPE: 'a key of the log holds something else than it should: stop the program and restore a backup',
  NOIDENTITY: 'INFO replication tells no master_replid; use Redis 6.2 or later',
}

/** The error for callers: LogUnavailableError where the server failed. An append may have been stored nevertheless. */
export function asLogError(error: unknown): unknown {
  if (error instanceof LogUnavailableError || !(error instanceof Error)) return error
  if (!(error instanceof ReplyError)) {
    return new LogUnavailableError(`Redis cannot be reached: ${redisReason(error)}`, { cause: error })
  }
  const [word = ''] = error.message.split(' ')
  const reason = REASONS[word]
  return reason === undefined ? error : new LogUnavailableError(`Redis cannot answer (${word}): ${reason}`, { cause: error })
}

const ANSWER_MS = 2_000

/** Waits for an answer with a timeout; rejects with the error for callers. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  const message = `Redis did not answer within ${ANSWER_MS} ms; what was sent may have been stored, and may be sent again`
  try {
    return await inTime(answer, ANSWER_MS, () => new LogUnavailableError(message))
  } catch (error) {
    throw asLogError(error)
  }
}

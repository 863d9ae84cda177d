import { z } from 'zod'
import { ALL_BUCKETS } from '../../redis/bucket.ts'
import type { RedisConnection } from '../../redis/connect.ts'
import { decodePart } from '../../redis/key-part.ts'
import { isCluster, type Outcome, runScript, runScripts, type Script, type ScriptCall } from '../../redis/script.ts'
import { LogUnavailableError, type Page, type Position, READ_LIMIT, type ReadRange } from '../event-log.ts'
import { asLogError, answered } from './failure.ts'
import { headsKey, keysOf, streamEnds } from './keys.ts'
import { DAMAGED, HEADS, OFFSET_AT, READ } from './read-scripts.ts'
import { EPOCH, newIdentity } from './script.ts'
import { PAGE_CHARACTERS, storedEvent } from '../stored-event.ts'

const PageAnswer = z.tuple([z.string(), z.number(), z.number(), z.number(), z.string(), z.string()])
const HeadsAnswer = z.tuple([z.string(), z.array(z.string()), z.array(z.string())])

/** Runs one script of the log; rejects with what callers of the port see. */
export function ask(connection: RedisConnection, call: ScriptCall): Promise<unknown> {
  return answered(runScript(connection, call))
}

/** One page, all of it from the same moment. */
export async function readPage(connection: RedisConnection, project: string, range: ReadRange): Promise<Page> {
  const { field, heads, stream } = keysOf(project)
  const { after, upTo = Number.MAX_SAFE_INTEGER, limit, characters = PAGE_CHARACTERS } = range
  const args = [newIdentity(), field, after, upTo, Math.min(limit, READ_LIMIT), characters]
  const [epoch, first, head, begin, times, bodies] = PageAnswer.parse(await ask(connection, { script: READ, keys: [heads, stream], args }))
  if (bodies === '') return { epoch, first, head, events: [] }
  const received = times.split('\n')
  const events = bodies.split('\n').map((body, index) => storedEvent({ offset: begin + index, at: Number(received[index]), body }))
  return { epoch, first, head, events }
}

/** The last offset received at or before an instant. */
export async function findOffsetAt(connection: RedisConnection, project: string, at: number): Promise<number> {
  const { field, heads, stream } = keysOf(project)
  return z.number().parse(await ask(connection, { script: OFFSET_AT, keys: [heads, stream], args: [newIdentity(), field, at] }))
}

/** The heads of all projects whose server answers; rejects when none does. */
export async function readHeads(connection: RedisConnection): Promise<Map<string, Position>> {
  const heads = new Map<string, Position>()
  for (const answer of answersOf(await askBuckets(connection, HEADS))) {
    const [epoch, fields, own] = HeadsAnswer.parse(answer)
    const owns = new Map(pairsOf(own))
    for (const [field, head] of pairsOf(fields)) {
      // What the bucket notes of itself begins with a colon, which no encoded name holds.
      if (!field.startsWith(':')) heads.set(decodePart(field), { epoch: owns.get(field) ?? epoch, offset: Number(head.split(':')[1]) })
    }
  }
  return heads
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? ''])
}

/** How many of the buckets have no server now. Rejects when none has. */
export async function countLostBuckets(connection: RedisConnection): Promise<number> {
  return ALL_BUCKETS.length - answersOf(await askBuckets(connection, EPOCH)).length
}

/** The projects whose events are missing, in part or all; those whose server is away are not looked at. */
export async function findDamaged(connection: RedisConnection): Promise<string[]> {
  const answers = answersOf(await askBuckets(connection, DAMAGED, streamEnds))
  return answers.flatMap((answer) => z.array(z.string()).parse(answer)).map(decodePart)
}

/** One question for each bucket: a single round trip, or on a Cluster one for each bucket, all at once. */
async function askBuckets(
  connection: RedisConnection,
  script: Script,
  argsOf: (bucket: string) => string[] = () => [],
): Promise<Outcome[]> {
  const calls = ALL_BUCKETS.map((bucket) => ({ script, keys: [headsKey(bucket)], args: [newIdentity(), ...argsOf(bucket)] }))
  if (isCluster(connection)) return Promise.allSettled(calls.map((call) => ask(connection, call)))
  return (await answered(runScripts(connection, calls))).outcomes
}

function answersOf(outcomes: Outcome[]): unknown[] {
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [asLogError(outcome.reason)] : []))
  const fault = failures.find((failure) => !(failure instanceof LogUnavailableError))
  if (fault !== undefined || failures.length === outcomes.length) throw fault ?? failures[0]
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

/** The server's clock, ms since 1970; on a Cluster that of one of them. */
export async function readTime(connection: RedisConnection): Promise<number | undefined> {
  const [seconds] = await answered(connection.time())
  return Number(seconds) * 1_000
}

import { LogUnavailableError } from './event-log.ts'
import type { Traced } from '../telemetry/tracing.ts'

type Sized = { project: string; events: readonly unknown[]; bytes: number }

type Outcomes<Result> = PromiseSettledResult<Result>[]
type Commit<Call, Result> = (calls: Call[]) => Promise<Outcomes<Result>>

type QueuedCall<Call, Result> = {
  call: Call
  trace: string | undefined
  resolve: (result: Result) => void
  reject: (reason: unknown) => void
}

/** A group is one transaction; larger ones are no faster and block the event loop. */
const GROUP = { events: 500, bytes: 4 * 1024 * 1024 }

/** About a second of work; beyond it appends are refused, to bound the memory. */
const QUEUE = { events: 100_000, bytes: 128 * 1024 * 1024 }

type AppendQueue<Call, Result> = {
  push(call: Call): Promise<Result>
  drained(): Promise<void>
}

/** Group commit: calls of one turn of the event loop, or during the previous commit, become one transaction. */
export function openAppendQueue<Call extends Sized, Result>(commit: Commit<Call, Result>, traced?: Traced): AppendQueue<Call, Result> {
  const waiting: QueuedCall<Call, Result>[] = []
  const queued = { events: 0, bytes: 0 }
  let draining: Promise<void> | undefined

  async function drain() {
    while (waiting.length > 0) {
      // Lets callers that were just answered join the next group, and other work run.
      await new Promise(setImmediate)
      const group = waiting.splice(0, groupLength(waiting))
      for (const { call } of group) {
        queued.events -= call.events.length
        queued.bytes -= call.bytes
      }
      await storeGroup(group, (calls) => tracedCommit(group, () => commit(calls), traced))
    }
    draining = undefined
  }

  return {
    async push(call) {
      const isFull = queued.events + call.events.length > QUEUE.events || queued.bytes + call.bytes > QUEUE.bytes
      if (isFull && waiting.length > 0) throw new LogUnavailableError(`the event log is busy: ${queued.events} events wait to be stored`)
      queued.events += call.events.length
      queued.bytes += call.bytes
      return new Promise((resolve, reject) => {
        waiting.push({ call, trace: traced?.tracing.cause(), resolve, reject })
        draining ??= drain()
      })
    },
    drained: () => draining ?? Promise.resolve(),
  }
}

function groupLength(waiting: readonly QueuedCall<Sized, never>[]): number {
  let [events, bytes, length] = [0, 0, 0]
  for (const { call } of waiting) {
    events += call.events.length
    bytes += call.bytes
    if (length > 0 && (events > GROUP.events || bytes > GROUP.bytes)) break
    length += 1
  }
  return length
}

function tracedCommit<Call extends Sized, Result>(
  group: QueuedCall<Call, Result>[],
  commit: () => Promise<Outcomes<Result>>,
  traced?: Traced,
) {
  if (!traced) return commit()
  const attributes = {
    'db.system.name': traced.system,
    'db.operation.name': 'append',
    'visualizer.calls': group.length,
    'visualizer.events': group.reduce((sum, { call }) => sum + call.events.length, 0),
    'visualizer.projects': new Set(group.map(({ call }) => call.project)).size,
  }
  const causes = group.flatMap(({ trace }) => trace ?? [])
  return traced.tracing.follow(causes, { name: 'commit', kind: 'client', attributes }, commit)
}

async function storeGroup<Call, Result>(group: QueuedCall<Call, Result>[], commit: Commit<Call, Result>): Promise<void> {
  try {
    const outcomes = await commit(group.map(({ call }) => call))
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[index]
      if (outcome?.status === 'fulfilled') resolve(outcome.value)
      else reject(outcome ? outcome.reason : new Error('an append was left without an outcome'))
    }
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}

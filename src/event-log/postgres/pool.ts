import { LogUnavailableError } from '../event-log.ts'
import { type ConnectionOptions, type HeldClient, holdConnection, withoutPassword, type Query } from './connection.ts'

const WAITING = 1_000

export type Pool = {
  use<R>(work: (query: Query) => Promise<R>): Promise<R>
  close(): Promise<void>
}

type Waiter = { take(connection: HeldClient): void }

/** A few connections, opened when first needed, each used by one call at a time. */
export function openPool(options: ConnectionOptions, size: number): Pool {
  const place = withoutPassword(options.url)
  const connections = Array.from({ length: size }, () => holdConnection(options))
  const turns = openQueue(connections, options)
  const idle = Promise.withResolvers<void>()
  let running = 0
  let isClosing = false

  async function run<R>(work: (query: Query) => Promise<R>): Promise<R> {
    const since = performance.now()
    const connection = await turns.take(since)
    try {
      return await connection.use(work, since)
    } finally {
      turns.giveBack(connection)
    }
  }

  return {
    async use(work) {
      if (isClosing) throw new LogUnavailableError(`the event log ${place} is closed`)
      running += 1
      try {
        return await run(work)
      } finally {
        running -= 1
        if (running === 0 && isClosing) idle.resolve()
      }
    },
    async close() {
      isClosing = true
      if (running > 0) await idle.promise
      for (const connection of connections) connection.close()
    },
  }
}

function openQueue(connections: readonly HeldClient[], { url, patience }: ConnectionOptions) {
  const place = withoutPassword(url)
  const free = [...connections]
  const waiting = new Set<Waiter>()

  async function wait(since: number): Promise<HeldClient> {
    if (waiting.size >= WAITING) throw new LogUnavailableError(`the event log ${place} is busy: ${WAITING} calls wait for a connection`)
    const { promise, resolve } = Promise.withResolvers<HeldClient>()
    let taken: HeldClient | undefined
    const waiter = {
      take(connection: HeldClient) {
        taken = connection
        resolve(connection)
      },
    }
    waiting.add(waiter)
    try {
      return await patience.wait(promise, since)
    } catch (cause) {
      waiting.delete(waiter)
      // It came at the very moment at which the wait ended.
      if (taken) giveBack(taken)
      throw new LogUnavailableError(`the event log ${place} cannot answer: no connection became free in time`, { cause })
    }
  }

  function giveBack(connection: HeldClient) {
    const [next] = waiting
    if (!next) return void free.push(connection)
    waiting.delete(next)
    next.take(connection)
  }

  return { take: async (since: number) => free.pop() ?? (await wait(since)), giveBack }
}

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
  const turns = openQueue(connections, place)
  const idle = Promise.withResolvers<void>()
  let running = 0
  let isClosing = false

  async function run<R>(work: (query: Query) => Promise<R>): Promise<R> {
    const deadline = performance.now() + options.patience.ms()
    const connection = await turns.take(deadline)
    try {
      return await connection.use(work, deadline)
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

function openQueue(connections: readonly HeldClient[], place: string) {
  const free = [...connections]
  const waiting = new Set<Waiter>()

  function wait(deadline: number): Promise<HeldClient> {
    if (waiting.size >= WAITING) throw new LogUnavailableError(`the event log ${place} is busy: ${WAITING} calls wait for a connection`)
    const { promise, resolve, reject } = Promise.withResolvers<HeldClient>()
    const waiter = {
      take(connection: HeldClient) {
        clearTimeout(timer)
        resolve(connection)
      },
    }
    const timer = setTimeout(() => {
      waiting.delete(waiter)
      reject(new LogUnavailableError(`the event log ${place} cannot answer: no connection became free in time`))
    }, deadline - performance.now())
    waiting.add(waiter)
    return promise
  }

  return {
    take: async (deadline: number) => free.pop() ?? (await wait(deadline)),
    giveBack(connection: HeldClient) {
      const [next] = waiting
      if (!next) free.push(connection)
      else {
        waiting.delete(next)
        next.take(connection)
      }
    },
  }
}

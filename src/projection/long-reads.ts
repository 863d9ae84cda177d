import { RefusedError } from '../domain/refused.ts'

/** Cooperative scheduling: long reads call `take` between steps. Rejects once the reader has left. */
export type Turns = { take(): Promise<void> }

export const STEP = { limit: 250, characters: 128 * 1024 }

const STRETCH_MS = 2

const nextTurn = (): Promise<void> => new Promise(setImmediate)

/** Scheduling for a reader that shares no queue with others. */
export function openTurns(waitForTurn: () => Promise<void> = nextTurn, signal?: AbortSignal): Turns {
  let begunAt = performance.now()
  return {
    async take() {
      if (signal?.aborted) throw readerLeft()
      if (performance.now() - begunAt < STRETCH_MS) return
      await waitForTurn()
      if (signal?.aborted) throw readerLeft()
      begunAt = performance.now()
    },
  }
}

type Bounds = { /** How many read at once. */ atOnce?: number; /** How many more may wait for that. */ waiting?: number }

export type LongReads = {
  run<T>(signal: AbortSignal | undefined, work: (turns: Turns) => Promise<T>): Promise<T>
}

/** A queue for searches and time travel: a few run at once, and their steps take turns. */
export function openLongReads({ atOnce = 4, waiting = 100 }: Bounds = {}): LongReads {
  const queue: (() => void)[] = []
  let running = 0
  let lastTurn = Promise.resolve()

  const waitForTurn = () => (lastTurn = lastTurn.then(nextTurn))

  async function begin(signal: AbortSignal | undefined): Promise<void> {
    if (running < atOnce) return void (running += 1)
    if (queue.length >= waiting) throw tooMany()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      queue.splice(queue.indexOf(resolve), 1)
      reject(readerLeft())
    }
    queue.push(resolve)
    signal?.addEventListener('abort', leave, { once: true })
    await promise.finally(() => signal?.removeEventListener('abort', leave))
  }

  function end() {
    const next = queue.shift()
    if (next) next()
    else running -= 1
  }

  return {
    async run(signal, work) {
      if (signal?.aborted) throw readerLeft()
      await begin(signal)
      try {
        return await work(openTurns(waitForTurn, signal))
      } finally {
        end()
      }
    },
  }
}

function readerLeft(): RefusedError {
  return new RefusedError('VALIDATION_ERROR', 'the connection ended before the answer was there', { reason: 'incomplete' })
}

function tooMany(): RefusedError {
  return new RefusedError('SERVICE_UNAVAILABLE', 'Too many searches wait already. Ask again in a moment.')
}

import { RefusedError } from '../domain/refused.ts'

/**
 * The pace of something that reads a long way. `take` is called between its steps, each of some milliseconds at most: where the stretch
 * since the last turn was long enough, everybody else is served first. Rejects once nobody waits for the answer any more.
 */
export type Turns = { take(): Promise<void> }

/** What one step reads and does, in events and in characters of JSON: a millisecond or two. */
export const STEP = { limit: 250, characters: 128 * 1024 }

/** Of a stretch; the step that ends it comes on top. */
const STRETCH_MS = 2

const nextTurn = (): Promise<void> => new Promise(setImmediate)

/** Turns for a reader of its own, which nobody waits for by request. */
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
  /** Does the work when it is its turn; rejects with RefusedError where too many wait, or the reader left (`signal`). */
  run<T>(signal: AbortSignal | undefined, work: (turns: Turns) => Promise<T>): Promise<T>
}

/** Searches, looks back and whatever else reads more than a page of a log for one request: some at once, one step of one of them at a time. */
export function openLongReads({ atOnce = 4, waiting = 100 }: Bounds = {}): LongReads {
  const queue: (() => void)[] = []
  let running = 0
  let lastTurn = Promise.resolve()

  /** One after the other, with the event loop's whole round between any two. */
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
    // Whoever ends hands its place on, so that the count stays.
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

/** Nobody is there to hear it: it stands among the requests as one that was not finished. */
function readerLeft(): RefusedError {
  return new RefusedError('VALIDATION_ERROR', 'the connection ended before the answer was there', { reason: 'incomplete' })
}

function tooMany(): RefusedError {
  return new RefusedError('SERVICE_UNAVAILABLE', 'Too many searches wait already. Ask again in a moment.')
}

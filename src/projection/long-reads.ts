import { RefusedError } from '../domain/refused.ts'

/**
 * Cooperative scheduling of long reads. Ask `isOver` before each page that is read and each event that is looked at, folded or written,
 * so that a turn is never longer than STRETCH_MS and one of these.
 */
export type Turns = {
  /** The turn was long enough, or the reader has left. */
  isOver(): boolean
  /** Lets everybody else run, then begins the next turn. Rejects once the reader has left. */
  take(): Promise<void>
}

/** A page that is read within one turn: about a millisecond. */
export const STEP = { limit: 250, characters: 128 * 1024 }

const STRETCH_MS = 2

type Clock = { turnBegunAt: number }

const nextTurn = (): Promise<void> => new Promise(setImmediate)

/** Scheduling for a reader that shares no queue with others. */
export const openTurns = (): Turns => turnsOf({ turnBegunAt: performance.now() }, nextTurn)

function turnsOf(clock: Clock, waitForTurn: () => Promise<void>, signal?: AbortSignal): Turns {
  const isLeft = () => signal?.aborted ?? false
  return {
    isOver: () => isLeft() || performance.now() - clock.turnBegunAt >= STRETCH_MS,
    async take() {
      if (!isLeft()) await waitForTurn()
      if (isLeft()) throw readerLeft()
      clock.turnBegunAt = performance.now()
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
  // Shared: reads that begin in one round of the event loop are one turn for whoever waits.
  const clock: Clock = { turnBegunAt: Number.NEGATIVE_INFINITY }

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
        return await work(turnsOf(clock, waitForTurn, signal))
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

import { LateError } from './failure.ts'

/** A server that answers nobody for so long is silent; afterwards callers wait less, until it is heard again. */
const SILENCE_MS = { usual: 2_500, known: 1_000 }
/** So long a call waits for a server that answers others; the server ends statements then, too. */
const LONGEST_MS = 6_000
/** A timer that is so late tells that this process had no time: the answer may be here already, unread. */
const STARVED_MS = 250

/**
 * How long callers wait, shared by all connections to a server. One that answers others is slow, not silent: who is cut off asks
 * again, which on a busy machine costs more than waiting.
 */
export type Patience = {
  /** Waits for what was asked at `since` (by performance.now()); rejects with LateError. */
  wait<T>(answer: Promise<T>, since: number): Promise<T>
  /** The server answered somebody. */
  heard(): void
}

/** Patience with a server that nobody has waited for in vain yet. */
export function openPatience(): Patience {
  let isSilent = false
  let heardAt = -Infinity
  const endOf = (since: number) => Math.min(Math.max(since, heardAt) + (isSilent ? SILENCE_MS.known : SILENCE_MS.usual), since + LONGEST_MS)

  return {
    async wait(answer, since) {
      const { promise: isLate, reject } = Promise.withResolvers<never>()
      let timer: ReturnType<typeof setTimeout> | undefined
      let isSpared = false
      function look(dueAt: number) {
        const now = performance.now()
        const isStarved = !isSpared && now - dueAt > STARVED_MS
        isSpared ||= isStarved
        const endAt = isStarved ? now + STARVED_MS : endOf(since)
        if (now < endAt) return void (timer = setTimeout(() => look(endAt), endAt - now))
        isSilent ||= endAt < since + LONGEST_MS
        reject(new LateError('no answer in time'))
      }
      look(performance.now())
      try {
        return await Promise.race([answer, isLate])
      } finally {
        clearTimeout(timer)
      }
    },
    heard() {
      heardAt = performance.now()
      isSilent = false
    },
  }
}

export type ConcurrencyLimit = <T>(run: () => Promise<T>) => Promise<T>

/** Runs at most `places` at once; the others wait in order. */
export function limitConcurrency(places: number): ConcurrencyLimit {
  const waiting: (() => void)[] = []
  let free = places
  return async (run) => {
    if (free > 0) free -= 1
    else {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      await promise
    }
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

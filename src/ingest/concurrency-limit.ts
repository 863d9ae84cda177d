export type ConcurrencyLimit = <T>(run: () => Promise<T>) => Promise<T>

/** Lets so many run at once; the others wait in the order in which they came. */
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

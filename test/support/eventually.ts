export type Patience = { withinMs?: number; everyMs?: number; else?: () => string }

/**
 * Repeats a check of something that another process does until it holds: until it neither throws nor gives back
 * false, undefined or null. Gives back its value. At the deadline it throws what the check threw last.
 */
export async function eventually<T>(check: () => T | Promise<T>, patience: Patience = {}): Promise<NonNullable<Exclude<T, false>>> {
  const { withinMs = 20_000, everyMs = 20 } = patience
  const endAt = performance.now() + withinMs
  for (;;) {
    let problem: unknown = new Error(`did not hold within ${withinMs} ms: ${check.toString()}`)
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null) return value as NonNullable<Exclude<T, false>>
    } catch (error) {
      problem = error
    }
    if (performance.now() >= endAt) {
      if (patience.else) throw new Error(`${String(problem)}\n${patience.else()}`, { cause: problem })
      throw problem
    }
    await Bun.sleep(everyMs)
  }
}

/** A promise with a deadline, for what ends by itself: an exit, a message, a connection. */
export async function within<T>(withinMs: number, what: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what}: not within ${withinMs} ms`)), withinMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

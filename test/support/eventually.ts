export type Patience = {
  withinMs?: number
  /** How often it is asked, where what is looked for may be gone soon. Else it is asked often at first, and then more seldom. */
  everyMs?: number
  else?: () => string
}

const ASKED = { firstMs: 15, mostMs: 150, growth: 1.2 }

/**
 * Repeats a check of something that another process does until it holds: until it neither throws nor gives back
 * false, undefined or null. Gives back its value. At the deadline it throws what the check threw last.
 */
export async function eventually<T>(check: () => T | Promise<T>, patience: Patience = {}): Promise<NonNullable<Exclude<T, false>>> {
  const { withinMs = 20_000, everyMs } = patience
  const endAt = performance.now() + withinMs
  let pauseMs = everyMs ?? ASKED.firstMs
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
    await Bun.sleep(pauseMs)
    if (everyMs === undefined) pauseMs = Math.min(ASKED.mostMs, pauseMs * ASKED.growth)
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

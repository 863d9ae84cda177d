/**
 * Waits so long for an answer (ms), then rejects with what `late` makes. What was asked may happen later all the same, and a late
 * failure is nobody's any more.
 */
export async function inTime<T>(answer: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  const { promise: isLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), Math.max(0, milliseconds))
  try {
    return await Promise.race([answer, isLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Rejects with `late()` after a time (ms). The call goes on, and its later failure is ignored. */
export async function inTime<T>(answer: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  const { promise: isLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(late()), Math.max(0, milliseconds))
  try {
    return await Promise.race([answer, isLate])
  } finally {
    clearTimeout(timer)
  }
}

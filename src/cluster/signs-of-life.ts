const TICK_MS = 1_000
/** Workers speak every 5 s: who misses three of these hangs. */
const SILENT_SECONDS = 15
/** Until a worker speaks for the first time it loads the program, on a busy host slowly. */
const FIRST_SIGN_SECONDS = 60

export type SignsOfLife = { heard(): void; stop(): void }

/**
 * Calls `onSilent` once when a worker says nothing for too long. Seconds are counted as this process lives them: where it was stopped itself, or
 * the whole host slept, what the worker said meanwhile is heard before it is judged.
 */
export function watchSigns(onSilent: (seconds: number) => void): SignsOfLife {
  let patience = FIRST_SIGN_SECONDS
  let secondsLeft = patience
  const timer = setInterval(() => {
    secondsLeft -= 1
    if (secondsLeft > 0) return
    clearInterval(timer)
    onSilent(patience)
  }, TICK_MS)
  const heard = () => {
    patience = SILENT_SECONDS
    secondsLeft = patience
  }
  return { heard, stop: () => clearInterval(timer) }
}

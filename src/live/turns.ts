/** A stretch of work longer than this keeps reports waiting. */
const STRETCH_MS = 4

/**
 * Lets many begin their work one after the other: each waits for its turn, in the order in which they came, and everything else that
 * the process has to do comes in between. Work begins as soon as `next` resolves, and does not pause.
 */
export function openTurns(stretchMs = STRETCH_MS) {
  const waiting: (() => void)[] = []
  let isRunning = false

  async function run() {
    while (waiting.length > 0) {
      const beganAt = performance.now()
      while (waiting.length > 0 && performance.now() - beganAt < stretchMs) {
        waiting.shift()?.()
        // What was begun is done when the microtasks before this one are.
        for (let step = 0; step < 8; step += 1) await Promise.resolve()
      }
      await new Promise(setImmediate)
    }
    isRunning = false
  }

  return {
    next: (): Promise<void> =>
      new Promise((resolve) => {
        waiting.push(resolve)
        if (isRunning) return
        isRunning = true
        run().catch(resolve)
      }),
  }
}

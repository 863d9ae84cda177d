/**
 * What is to be done, by name, and from when on (times of `performance.now()`). One worker does what is due; what comes
 * in meanwhile waits for it, and a name that comes in many times is done once.
 */
export type DebounceQueue = {
  /** The earlier time counts when the name is there already. */
  schedule(name: string, at: number): void
  /** Does these again, and nothing at all before that time. */
  pause(names: readonly string[], until: number): void
  pausedUntil(): number
  /** Resolves when the worker has ended; what was scheduled is forgotten. */
  close(): Promise<void>
}

type Settings = { work(names: string[]): Promise<void>; onError(error: unknown): void }

/** An empty queue. What `work` rejects with goes to `onError`, and what it had in hand is not done again by itself. */
export function openDebounceQueue({ work, onError }: Settings): DebounceQueue {
  const due = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let pausedUntil = 0
  let isClosed = false

  function arm() {
    clearTimeout(timer)
    if (isClosed || running || due.size === 0) return
    const at = Math.max(pausedUntil, Math.min(...due.values()))
    timer = setTimeout(run, Math.max(0, at - performance.now()))
  }

  function run() {
    running = work(takeDue(due))
      .catch(onError)
      .finally(() => {
        running = undefined
        arm()
      })
  }

  function schedule(name: string, at: number) {
    const known = due.get(name)
    if (known !== undefined && known <= at) return
    due.set(name, at)
    arm()
  }

  return {
    schedule,
    pause(names, until) {
      pausedUntil = until
      for (const name of names) schedule(name, 0)
    },
    pausedUntil: () => pausedUntil,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await running
    },
  }
}

function takeDue(due: Map<string, number>): string[] {
  const now = performance.now()
  const names = [...due].filter(([, at]) => at <= now).map(([name]) => name)
  for (const name of names) due.delete(name)
  return names
}

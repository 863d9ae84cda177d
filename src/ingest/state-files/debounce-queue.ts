/** Names and when they are due (`performance.now()`). One worker at a time handles those that are due, each once. */
export type DebounceQueue = {
  schedule(name: string, at: number): void
  pause(names: readonly string[], until: number): void
  pausedUntil(): number
  close(): Promise<void>
}

type Settings = { work(names: string[]): Promise<void>; onError(error: unknown): void }

/** Errors of `work` go to `onError`; its names are not retried. */
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

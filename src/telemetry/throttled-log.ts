import type { Fields, LogLevel, Logger } from './logger.ts'

export type ThrottledLog = {
  /** Per key and period, writes the first line, and at the end the last one with the number of repetitions. */
  say(line: { level: LogLevel; key: string; message: string; fields?: Fields }): void
  close(): void
}

type Held = { timer: ReturnType<typeof setTimeout>; more: number; last: () => void }

const KEYS_LIMIT = 500
const PERIOD_MS = 60_000

/** Limits how often frequent messages are logged, and counts what it leaves out. */
export function openThrottledLog(log: Logger, periodMs = PERIOD_MS): ThrottledLog {
  const held = new Map<string, Held>()

  function end(key: string) {
    const known = held.get(key)
    if (!known) return
    clearTimeout(known.timer)
    held.delete(key)
    if (known.more > 0) known.last()
  }

  return {
    say({ level, key: asked, message, fields = {} }) {
      const key = held.has(asked) || held.size < KEYS_LIMIT ? asked : ''
      const known = held.get(key)
      if (!known) {
        log[level](message, fields)
        held.set(key, { timer: setTimeout(() => end(key), periodMs), more: 0, last: () => undefined })
        return
      }
      known.more += 1
      known.last = () => log[level](message, { ...fields, times_more: known.more })
    },
    close() {
      for (const key of [...held.keys()]) end(key)
    },
  }
}

import { type EventLog, LogUnavailableError } from './event-log.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Settings that may lose events are noticed within five seconds. */
const EVERY_MS = 4_000

type Deps = { eventLog: EventLog; log: Logger; onError(error: unknown): void }

/** Checks the settings of the log's engine regularly, since they may change, and logs each new warning once. */
export function watchLogSettings({ eventLog, log, onError }: Deps) {
  let warnings: string[] = []

  async function look() {
    try {
      const found = await eventLog.check()
      for (const warning of found) if (!warnings.includes(warning)) log.warn(warning)
      warnings = found
    } catch (error) {
      // Outages are reported elsewhere; earlier warnings may still hold.
      if (!(error instanceof LogUnavailableError)) onError(error)
    }
  }

  let looking = look()
  const timer = setInterval(() => void (looking = looking.then(look)), EVERY_MS)
  return {
    current: () => warnings,
    async close() {
      clearInterval(timer)
      await looking
    },
  }
}

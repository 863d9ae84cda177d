import { type EventLog, LogUnavailableError } from './event-log.ts'
import type { Logger } from '../telemetry/logger.ts'

/** A setting that may lose events is told of within five seconds. */
const EVERY_MS = 4_000

type Deps = { eventLog: EventLog; log: Logger; onError(error: unknown): void }

/**
 * Looks at the settings of the log's engine now and every few seconds: they may be changed while it runs. What is found is logged once,
 * and stays a warning until it is mended.
 */
export function watchLogSettings({ eventLog, log, onError }: Deps) {
  let warnings: string[] = []

  async function look() {
    try {
      const found = await eventLog.check()
      for (const warning of found) if (!warnings.includes(warning)) log.warn(warning)
      warnings = found
    } catch (error) {
      // That the engine is away is said elsewhere; what was wrong with it may still be.
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

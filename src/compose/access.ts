import type { Auth } from '../auth/auth.ts'
import { closeInReverse } from '../close-in-reverse.ts'
import type { Config } from '../config/config.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Logger } from '../telemetry/logger.ts'
import { NO_TRACING } from '../telemetry/tracing.ts'
import { openAuthOver } from './auth.ts'
import { openEngines } from './engines.ts'

const nothing = () => undefined
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** Does something to who may come in, beside a running service or without one. Rejects where an engine is away. */
export async function withAuth<T>(config: Config, work: (auth: Auth) => Promise<T>): Promise<T> {
  const problems: unknown[] = []
  const onError = (error: unknown) => void problems.push(error)
  const opened = closeInReverse(onError)
  try {
    const engines = await openEngines({
      ...{ config, channel: undefined, pid: process.pid, tracing: NO_TRACING, metrics: createMetrics(), log: SILENT, onError, opened },
    })
    const auth = await openAuthOver({ config, engines, log: SILENT, onError, opened })
    // What could not be read is told instead of passing for nothing.
    const [problem] = problems
    if (problem !== undefined) throw problem instanceof Error ? problem : new Error(String(problem))
    return await work(auth)
  } finally {
    await opened.close()
  }
}

import type { Outages } from '../projection/outages.ts'
import type { Logger } from '../telemetry/logger.ts'

const PARTS = [
  ['log', 'the event log'],
  ['bus', 'the bus'],
] as const

/** One line when something goes away, and one when it is back. */
export function tellOutage(log: Logger, before: Outages, now: Outages): void {
  for (const [part, words] of PARTS) {
    const [was, is] = [before[part], now[part]]
    if (is && !was) log.warn(`${words} is away`)
    if (was && !is) log.info(`${words} is back`, { away_seconds: Math.round((Date.now() - was.since) / 1_000) })
  }
  const [were, are] = [before.unreachable?.projects.size ?? 0, now.unreachable?.projects.size ?? 0]
  if (were === are) return
  if (are === 0) log.info('every project is reachable again')
  else
    log.warn(
      `${are === 1 ? '1 project' : `${are} projects`} cannot be reached: the event log does not answer for ${are === 1 ? 'it' : 'them'}`,
    )
}

import type { Config } from '../config/config.ts'
import type { Features } from '../web/env.ts'

/** Which engines the configuration names, in the words of the status page. */
export function featuresOf({ database, redis, ...config }: Config, hasSupervisor: boolean): Features {
  return {
    log: database ? 'postgresql' : redis ? 'redis' : 'sqlite',
    bus: redis ? 'redis' : hasSupervisor ? 'ipc' : 'in-process',
    orchestrators: config.orchestrators.length,
    metrics: config.isMetricsOn,
    health: config.isHealthOn,
    gzip: config.isGzipOn,
    redaction: config.redaction.isOn,
    open_to_others: config.isOpenToOthers,
  }
}

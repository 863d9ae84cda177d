import type { Config } from '../config/config.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { Engines } from './engines.ts'
import { tracedEventLog } from '../event-log/event-log.ts'
import { tracedKeyValue } from '../key-value/key-value.ts'
import { tracedBus } from '../bus/bus.ts'

/** The engines, told of where the configuration names a collector; else as they are. */
export function tracedEngines(engines: Engines, { config, tracing }: { config: Config; tracing: Tracing }): Engines {
  if (!config.openTelemetry) return engines
  const { eventLog, bus, keyValue, ...others } = engines
  const shared = config.redis ? 'redis' : undefined
  return {
    eventLog: tracedEventLog(eventLog, { tracing, system: config.database ? 'postgresql' : (shared ?? 'sqlite') }),
    bus: tracedBus(bus, { tracing, system: shared ?? 'ipc' }),
    keyValue: tracedKeyValue(keyValue, { tracing, system: shared ?? 'sqlite' }),
    ...others,
  }
}

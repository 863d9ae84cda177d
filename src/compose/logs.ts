import type { Config } from '../config/config.ts'
import { createAccessLog } from '../telemetry/access-log.ts'
import { boundedOutput } from '../telemetry/bounded-output.ts'
import { LogFile } from '../telemetry/log-file.ts'
import { createLogger, type Fields } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { ROTATION } from '../telemetry/rotate-file.ts'

type Options = {
  config: Config
  worker: string | undefined
  metrics: Metrics
  /** What records say of the step that they were written in. */ step(): Fields | undefined
}

/** Where records and requests are written, as the configuration wants it. */
export function openLogs({ config, worker, metrics, step }: Options) {
  const { logLevel, logFormat, logFiles, appEnv } = config
  const origin = { environment: appEnv, pid: process.pid, ...(worker === undefined ? {} : { worker }) }
  const stdout = { format: logFormat, write: boundedOutput(process.stdout, (lines) => metrics.linesDropped.inc({ log: 'stdout' }, lines)) }
  const open = (name: 'records' | 'access') => {
    const path = logFiles[name]
    if (path === undefined) return undefined
    return new LogFile({
      path,
      rotation: logFiles.rotation === 'internal' ? ROTATION : undefined,
      onAway: (error) => log.error(`the log file ${path} cannot be written; its lines wait, then are dropped`, { error }),
      onBack: (dropped) => log.info(`the log file ${path} is written again`, { dropped }),
      onDropped: (lines) => metrics.linesDropped.inc({ log: name }, lines),
    })
  }
  const records = open('records')
  const access = open('access')
  const outputs = records ? [stdout, { format: 'json' as const, write: (line: string) => records.write(line) }] : [stdout]
  const log = createLogger({ level: logLevel, outputs, origin, step })
  const files = [records, access].filter((file) => file !== undefined)
  return {
    log,
    access: access && createAccessLog((line) => access.write(line), { origin, step }),
    reopen: () => files.forEach((file) => file.reopen()),
    close: async () => void (await Promise.all(files.map((file) => file.close()))),
  }
}

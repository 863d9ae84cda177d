import { DRAIN_MS } from './worker-pool.ts'
import { ABANDON_MS, RollingRestart, type RollingRestartOptions } from './rolling-restart.ts'
import { migratesConnections, probePort } from './port.ts'
import { untilSignal } from './signals.ts'

export type SupervisorOptions = RollingRestartOptions & {
  /** Once, when every worker of the first generation serves. */
  onReady(url: string): void
}

/**
 * Runs workers that share a port until a signal ends them. Resolves with the reason when they cannot start as asked. Throws where
 * the port cannot be taken.
 */
export async function supervise(options: SupervisorOptions): Promise<string | undefined> {
  const { log, plan, onReady } = options
  const workers = new RollingRestart(options)
  const stopped = untilSignal({
    reload: () => workers.reload(),
    end(exitCode) {
      workers.kill()
      process.exit(exitCode)
    },
  })
  const port = await probePort(plan)
  if (!(await migratesConnections()))
    log.warn('connections that arrive while workers are replaced may be reset: set net.ipv4.tcp_migrate_req=1 (Linux 5.14 and later)')
  const refused = Promise.withResolvers<string>()
  let isUp = false
  // Later it is one worker's, which is started again with back-off: the others go on.
  const first = workers.begin(port, (reason, isRefused) => isRefused && !isUp && refused.resolve(reason))
  const announce = () => {
    isUp = true
    onReady(`http://${plan.host.includes(':') ? `[${plan.host}]` : plan.host}:${port}`)
  }
  first.ready.then(announce).catch(() => undefined)
  const refusal = await Promise.race([refused.promise, stopped])
  if (refusal === undefined) {
    log.info('draining', { deadline_seconds: DRAIN_MS / 1_000 })
    await workers.announceEnd()
  }
  await workers.end(refusal === undefined ? DRAIN_MS : ABANDON_MS)
  return refusal ?? undefined
}

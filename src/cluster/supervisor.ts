import { DRAIN_MS } from './worker-pool.ts'
import { ABANDON_MS, RollingRestart, type RollingRestartOptions } from './rolling-restart.ts'
import { migratesConnections, probePort } from './port.ts'
import { untilSignal } from './signals.ts'

export type SupervisorOptions = RollingRestartOptions & {
  onReady(url: string): void
}

/** Runs workers on a shared port until a signal. Resolves with the reason if they cannot start; throws if the port is taken. */
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
  // Later failures concern one worker, which is restarted with back-off.
  const first = workers.begin(port, (reason, isRefused) => isRefused && !isUp && refused.resolve(reason))
  const announce = () => {
    isUp = true
    onReady(`http://${plan.host.includes(':') ? `[${plan.host}]` : plan.host}:${port}`)
  }
  first.ready.then(announce).catch((error: unknown) => log.error('that all workers serve could not be told', { error }))
  const refusal = await Promise.race([refused.promise, stopped])
  if (refusal === undefined) {
    log.info('draining', { deadline_seconds: DRAIN_MS / 1_000 })
    await workers.announceEnd()
  }
  await workers.end(refusal === undefined ? DRAIN_MS : ABANDON_MS)
  return refusal ?? undefined
}

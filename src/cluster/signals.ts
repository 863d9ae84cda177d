import { closeSync, openSync } from 'node:fs'

/** Ctrl-C reaches the service from the terminal and from parent programs: within this time it is one signal. */
const SAME_SIGNAL_MS = 500

const TERMINAL = '/dev/tty'

function hasTerminal(): boolean {
  try {
    closeSync(openSync(TERMINAL, 'r'))
    return true
  } catch {
    // A daemon has none, and a closed window is none any more.
    return false
  }
}

/** Resolves at the first signal to stop; a second one calls `end`. SIGHUP calls `reload`, unless the terminal was closed. */
export function untilSignal({ end, reload }: { end(exitCode: number): void; reload(): void }): Promise<void> {
  const { promise, resolve: stop } = Promise.withResolvers<void>()
  let since: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined && performance.now() - since > SAME_SIGNAL_MS) end(signal === 'SIGINT' ? 130 : 143)
    since ??= performance.now()
    stop()
  }
  const hadTerminal = hasTerminal()
  process.on('SIGHUP', () => (hadTerminal && !hasTerminal() ? stop() : reload()))
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // A parent that restarts us on changes was killed.
  if (process.connected) process.once('disconnect', stop)
  return promise
}

import { closeSync, openSync } from 'node:fs'

/** Ctrl-C reaches the service from the terminal and from each program that started it: within this time they are one wish. */
const SAME_SIGNAL_MS = 500

const TERMINAL = '/dev/tty'

/** Whether this program runs on a terminal that is there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync(TERMINAL, 'r'))
    return true
  } catch {
    // A daemon has none, and a closed window is none any more.
    return false
  }
}

/**
 * Resolves at the first wish to stop; a second one calls `end`, which is to end the program where it stands. SIGHUP calls `reload`;
 * but where the terminal that we run on was closed, it is a wish to stop.
 */
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
  // Started by a program that watches for changes: without it nobody would end us.
  if (process.connected) process.once('disconnect', stop)
  return promise
}

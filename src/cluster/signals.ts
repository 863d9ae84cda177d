/** Ctrl-C reaches the service from the terminal and from each program that started it: within this time they are one wish. */
const SAME_SIGNAL_MS = 500

/** Resolves at the first wish to stop; a second one calls `end`, which is to end the program where it stands. */
export function untilSignal(end: (exitCode: number) => void): Promise<void> {
  const { promise, resolve: stop } = Promise.withResolvers<void>()
  let since: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined && performance.now() - since > SAME_SIGNAL_MS) end(signal === 'SIGINT' ? 130 : 143)
    since ??= performance.now()
    stop()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // Started by a program that watches for changes: without it nobody would end us.
  if (process.connected) process.once('disconnect', stop)
  return promise
}

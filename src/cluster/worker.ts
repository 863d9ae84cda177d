import type { Figures } from '../telemetry/metrics.ts'
import { nameProgram } from './program.ts'
import type { WorkerStart } from './messages.ts'
import { openSupervisorChannel, type WorkerLink } from './supervisor-channel.ts'

export type Serving = {
  url: string
  figures(): Promise<Figures>
  reopenLogs(): void
  stopListening(): void
  close(): Promise<void>
  onError(error: unknown): void
}

type Open = (start: WorkerStart, link: WorkerLink) => Promise<Serving | string>

const FIGURES_MS = 5_000
const SIGN_MS = 5_000
const REFUSED = 2

/** Runs until the supervisor says so or is gone; resolves with the exit code. */
export async function runWorker(open: Open): Promise<number> {
  // A terminal sends these to all its processes; only the supervisor acts on them.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const channel = openSupervisorChannel()
  const start = await channel.started
  const sign = setInterval(() => channel.send({ type: 'alive' }), SIGN_MS)
  channel.send({ type: 'alive' })
  nameProgram('visualizer')
  const serving = await open(start, channel.link)
  if (typeof serving === 'string') {
    clearInterval(sign)
    await channel.last({ type: 'refused', reason: serving })
    return REFUSED
  }
  const figures = async () => ({ type: 'figures' as const, figures: await serving.figures(), rssBytes: process.memoryUsage.rss() })
  const tell = async () => channel.send(await figures())
  // Without an answer the supervisor keeps the last figures.
  const telling = () => void tell().catch(serving.onError)
  channel.listen({ collect: telling, reopenLogs: serving.reopenLogs, stopListening: serving.stopListening })
  channel.send({ type: 'ready', url: serving.url })
  const timer = setInterval(telling, FIGURES_MS)
  await channel.drained
  clearInterval(timer)
  await serving.close()
  clearInterval(sign)
  await channel.last(await figures())
  return 0
}

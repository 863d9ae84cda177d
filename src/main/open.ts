import type { WorkerContext, Visualizer } from '../compose.ts'
import type { Config } from '../config/config.ts'
import { runWorker } from '../cluster/worker.ts'
import { readConfigText } from '../config/config-text.ts'
import { dataFolderProblem, logFilesProblem } from '../config/writable-files.ts'
import { keepTimeSteady } from './keep-time.ts'

/** The running service, or in one line why it cannot start. */
export async function open(config: Config, place?: WorkerContext): Promise<Visualizer | string> {
  try {
    // A supervisor, and who only looks at settings, opens none and does without all that it is made of.
    const { openVisualizer } = await import('../compose.ts')
    return await openVisualizer(config, place)
  } catch (error) {
    const reason = startProblem(error, config)
    if (reason === undefined) throw error
    return reason
  }
}

/** Why the configured folders cannot be used; `makes` creates them. */
export function folderProblem({ dataDir, logFiles }: Config, looking = { makes: true }): string | undefined {
  const problem = dataFolderProblem(dataDir, looking)
  return problem === undefined ? logFilesProblem(logFiles, looking) : `the data folder ${dataDir} cannot be used: ${problem}`
}

/** What the caller can change about a failed start; undefined for a bug. */
export function startProblem(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'UnusableLogError') return error.message
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is taken; end what listens there, or choose another port with --port`
  if (code === 'EACCES') return `port ${port} needs more rights than this user has; choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || isRefusedAddress(error))
    return `${host} is no address of this machine; choose another with --host`
  return undefined
}

const isRefusedAddress = (error: Error) => 'syscall' in error && error.syscall === 'listen' && 'code' in error && error.code === 'EINVAL'

/** A worker of a supervisor. It is given its settings, and does without all that reads and judges them. */
export function serveAsWorker(): Promise<number> {
  return runWorker(async (start, link) => {
    const time = keepTimeSteady(start.now)
    const opened = await open({ ...readConfigText(start.config), port: start.port }, { worker: start.name, link })
    if (typeof opened !== 'string') time.tellTo(opened.log)
    return opened
  })
}

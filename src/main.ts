import { resolve } from 'node:path'
import { version } from '../package.json'
import { runReloading } from './cluster/reload.ts'
import { openVisualizer, type Visualizer } from './compose.ts'
import { migrateLog } from './compose/migrate.ts'
import { readCommandLine, type Request, UsageError } from './config/command-line.ts'
import type { Config } from './config/config.ts'
import { dataFolderProblem } from './config/data-folder.ts'
import type { Flags } from './config/environment.ts'
import { loadConfig } from './config/load.ts'
import { logFilesProblem } from './config/log-files.ts'
import { ConfigError, describeProblem, type Problem } from './config/problem.ts'

/** The caller must change something: a flag, a setting, a folder, a port. */
const CANNOT_START = 2
/** A server is away: the same may succeed later. */
const AWAY = 1
const MAX_LINES = 50
/** Ctrl-C reaches the service from the terminal and from each program that started it: within this time they are one wish. */
const SAME_SIGNAL_MS = 500
const LAST_WORDS_MS = 500
const ROOT = resolve(import.meta.dir, '..')

async function main(argv: string[]): Promise<number> {
  try {
    const request = readCommandLine(argv)
    return await answer(request, argv)
  } catch (error) {
    if (error instanceof ConfigError) return refuseConfig(error)
    if (error instanceof UsageError) return refuse(error.message)
    throw error
  }
}

async function answer(request: Request, argv: string[]): Promise<number> {
  switch (request.kind) {
    case 'help':
      process.stdout.write(request.text)
      return 0
    case 'version':
      console.log(`visualizer ${version}`)
      return 0
    case 'check-config':
      return checkConfig(request.flags)
    case 'migrate':
      return migrate(request.flags)
    case 'serve':
      return serve(request.flags, request.mayReload ? argv : undefined)
  }
}

function checkConfig(flags: Flags): number {
  const { config, warnings } = loadConfig({ flags })
  warn(warnings)
  const ending = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`
  console.log(`${flags.config ?? config.configFile ?? 'no configuration file'}: ${contents(config)}, no problems${ending}`)
  return 0
}

async function migrate(flags: Flags): Promise<number> {
  const { config, warnings } = loadConfig({ flags })
  warn(warnings)
  try {
    console.log(await migrateLog(config))
    return 0
  } catch (error) {
    if (error instanceof Error && error.name === 'UnusableLogError') return refuse(error.message)
    if (!(error instanceof Error) || error.name !== 'LogUnavailableError') throw error
    console.error(`visualizer: ${error.message}`)
    return AWAY
  }
}

/** Runs until a signal; with the arguments to start again with, and when the configuration wants it, restarts on change. */
async function serve(flags: Flags, argv: string[] | undefined): Promise<number> {
  const { config, warnings } = loadConfig({ flags })
  if (config.autoReload && argv !== undefined) return serveReloading(config, argv)
  warn(warnings)
  const problem = dataFolderProblem(config.dataDir)
  if (problem !== undefined) return refuse(`the data folder ${config.dataDir} cannot be used: ${problem}`)
  const logProblem = logFilesProblem(config.logFiles)
  if (logProblem !== undefined) return refuse(logProblem)
  const stopped = untilSignal()
  const visualizer = await open(config)
  if (typeof visualizer === 'string') return refuse(visualizer)
  if (config.logFormat === 'detailed') welcome(config, visualizer)
  await stopped
  await visualizer.close()
  return 0
}

function serveReloading(config: Config, argv: string[]): Promise<number> {
  const program = [process.execPath, ...process.execArgv, Bun.main]
  const others = argv.filter((argument) => argument !== 'serve')
  return runReloading({
    start: [...program, 'serve', ...others, '--no-reload'],
    check: [...program, 'check-config', ...others],
    watched: [...['src', 'views', 'static'].map((folder) => resolve(ROOT, folder)), config.configFile ?? resolve('orch-config.yaml')],
    tell: (line) => console.error(line),
  })
}

/** The running service, or in one line why it cannot start. */
async function open(config: Config): Promise<Visualizer | string> {
  try {
    return await openVisualizer(config)
  } catch (error) {
    const reason = startProblem(error, config)
    if (reason === undefined) throw error
    return reason
  }
}

function startProblem(error: unknown, { host, port }: Config): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'UnusableLogError') return error.message
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is taken; end what listens there, or choose another port with --port`
  if (code === 'EACCES') return `port ${port} needs more rights than this user has; choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || isRefusedAddress(error))
    return `${host} is no address of this machine; choose another with --host`
  return undefined
}

/** What the system says of a host name that it cannot turn into an address. */
const isRefusedAddress = (error: Error) => 'syscall' in error && error.syscall === 'listen' && 'code' in error && error.code === 'EINVAL'

/** Resolves at the first wish to stop; a second one ends the program where it stands. */
function untilSignal(): Promise<void> {
  const { promise, resolve: stop } = Promise.withResolvers<void>()
  let since: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined && performance.now() - since > SAME_SIGNAL_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
    since ??= performance.now()
    stop()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // Started by a program that watches for changes: without it nobody would end us.
  if (process.connected) process.once('disconnect', stop)
  return promise
}

function welcome(config: Config, { url }: Visualizer) {
  console.log(`Visualizer ${version} on ${url}`)
  console.log(`  data           ${config.dataDir}`)
  console.log(
    `  configuration  ${config.configFile === undefined ? 'none: projects appear when they report' : `${config.configFile}: ${contents(config)}`}`,
  )
}

const contents = ({ projects, orchestrators }: Config) =>
  `${count(projects.length, 'project')}, ${count(orchestrators.length, 'orchestrator')}`
const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`

function warn(warnings: readonly Problem[]) {
  say(warnings.map((warning) => `warning: ${describeProblem(warning)}`))
}

function refuseConfig({ problems, warnings }: ConfigError): number {
  warn(warnings)
  say(problems.map(describeProblem))
  return CANNOT_START
}

function refuse(reason: string): number {
  console.error(`visualizer: ${reason}`)
  return CANNOT_START
}

function say(lines: string[]) {
  for (const line of lines.slice(0, MAX_LINES)) console.error(line)
  if (lines.length > MAX_LINES) console.error(`… and ${lines.length - MAX_LINES} more`)
}

const code = await main(process.argv.slice(2))
process.exitCode = code
// Output is written to its end before the program ends by itself; what is still open then does not keep it.
setTimeout(() => process.exit(code), LAST_WORDS_MS).unref()

import { version } from '../../package.json'
import { readDemo, readExport, readTail } from '../config/client-settings.ts'
import { type PolicyRequest, readCommandLine, type Request } from '../config/command-line.ts'
import type { Flags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, UsageError } from '../config/problem.ts'
import { folderProblem } from './open.ts'
import { contents, count, refuse, refuseConfig, warn } from './say.ts'

/** A server is away: the same may succeed later. */
const AWAY = 1
const NOT_ALLOWED = 1

/** Answers a command line, and gives back the exit code. */
export async function runCommand(argv: string[]): Promise<number> {
  try {
    const request = readCommandLine(argv)
    return await answer(request, argv)
  } catch (error) {
    if (error instanceof ConfigError) return refuseConfig(error)
    if (error instanceof UsageError) return refuse(error.message)
    throw error
  }
}

/** What a command needs is loaded for it alone: a word of help does not wait for a service. */
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
    case 'secret':
      return (await import('./access.ts')).printSecret()
    case 'sign-in-link':
      return (await import('./access.ts')).signInLink(request.link, request.flags)
    case 'token':
      return (await import('./access.ts')).token(request.token, request.flags)
    case 'policy':
      return policy(request)
    case 'demo':
      return (await import('./demo.ts')).demo(readDemo(request.flags))
    case 'export':
      return (await import('./export.ts')).exportProject(readExport(request.project, request.flags), request.flags)
    case 'tail':
      return (await import('./tail.ts')).tail(request.project, readTail(request.flags))
    case 'serve':
      return (await import('./serve.ts')).serve(request.flags, request.flags['no-reload'] === true ? undefined : argv)
  }
}

function checkConfig(flags: Flags): number {
  const { config, warnings } = loadConfig({ flags })
  warn(warnings)
  const problem = folderProblem(config, { makes: false })
  if (problem !== undefined) return refuse(problem)
  const ending = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`
  console.log(`${flags.config ?? config.configFile ?? 'no configuration file'}: ${contents(config)}, no problems${ending}`)
  return 0
}

async function policy(request: PolicyRequest): Promise<number> {
  const { describePolicy, explainPolicy } = await import('../compose/policy.ts')
  const { config, warnings } = loadConfig({ flags: { config: request.flags.config } })
  warn(warnings)
  if (request.ask === 'check') {
    console.log(`${request.flags.config ?? config.configFile ?? 'no configuration file'}: ${describePolicy(config.policy)}`)
    return 0
  }
  const names = (text: string | undefined) => (text ?? '').split(',').flatMap((name) => name.trim() || [])
  const asked = { ...request, groups: names(request.flags.group), roles: names(request.flags.role) }
  const { isAllowed, text } = explainPolicy(config, asked)
  console.log(text)
  return isAllowed ? 0 : NOT_ALLOWED
}

async function migrate(flags: Flags): Promise<number> {
  const { migrateLog } = await import('../compose/migrate.ts')
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

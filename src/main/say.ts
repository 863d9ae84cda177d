import { version } from '../../package.json'
import type { Config } from '../config/config.ts'
import { type ConfigError, describeProblem, type Problem } from '../config/problem.ts'

const CANNOT_START = 2
const MAX_LINES = 50

export function refuseConfig({ problems, warnings }: ConfigError): number {
  warn(warnings)
  say(problems.map(describeProblem))
  return CANNOT_START
}

export function refuse(reason: string): number {
  console.error(`visualizer: ${reason}`)
  return CANNOT_START
}

export function warn(warnings: readonly Problem[]) {
  say(warnings.map((warning) => `warning: ${describeProblem(warning)}`))
}

export function say(lines: string[]) {
  for (const line of lines.slice(0, MAX_LINES)) console.error(line)
  if (lines.length > MAX_LINES) console.error(`… and ${lines.length - MAX_LINES} more`)
}

export function welcome(config: Config, url: string) {
  console.log(`Visualizer ${version} on ${url}`)
  console.log(`  events         ${eventsIn(config)}`)
  console.log(
    `  configuration  ${config.configFile === undefined ? 'none: projects appear when they report' : `${config.configFile}: ${contents(config)}`}`,
  )
}

/** Only the host: an address may hold a password. */
function eventsIn({ database, redis, dataDir }: Config): string {
  if (database) return `PostgreSQL at ${new URL(database.url.reveal()).host}`
  if (redis?.kind === 'sentinel')
    return `Redis, of which ${redis.sentinels.map(({ host, port }) => `${host}:${port}`).join(', ')} know the master`
  const urls = redis?.kind === 'cluster' ? redis.urls : redis ? [redis.url] : []
  return redis ? `Redis at ${urls.map((url) => new URL(url.reveal()).host).join(', ')}` : dataDir
}

export const contents = ({ projects, orchestrators }: Config) =>
  `${count(projects.length, 'project')}, ${count(orchestrators.length, 'orchestrator')}`

export const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`

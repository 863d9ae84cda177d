import { readFileSync } from 'node:fs'
import type { Lifetime } from './ending.ts'
import { type RunningServer, startServer } from './server.ts'
import { reportSteadily, type SteadyReports } from './steady-reports.ts'
import { eventually } from './eventually.ts'
import { judge, type Verdict } from './verdict.ts'
import { type Viewer, watchProject } from './viewer.ts'

export type FleetOptions = {
  /** What makes the instances one: REDIS_URL, DATABASE_URL. */
  env: Record<string, string>
  instances?: number
  workers?: number
  config?: string
  lifetime?: Lifetime
}

/** Instances of the real service that share their engines, each with several workers. */
export function startFleet({ env, instances = 2, workers = 2, config, lifetime = 'test' }: FleetOptions): Promise<RunningServer[]> {
  const all = { ...env, WORKERS: String(workers), ALLOW_OPEN: 'true' }
  const options = { env: all, lifetime, ...(config === undefined ? {} : { config }) }
  return Promise.all(Array.from({ length: instances }, () => startServer(options)))
}

/** Process ids of an instance's workers. */
export function workersOf(server: RunningServer): number[] {
  const children = readFileSync(`/proc/${server.pid()}/task/${server.pid()}/children`, 'utf8')
  return children
    .split(' ')
    .filter((text) => text !== '')
    .map(Number)
}

export type Watched = {
  reports: SteadyReports
  viewers: Viewer[]
  /** Resolves when so many further reports were acknowledged. */
  grows(by: number, withinMs?: number): Promise<void>
  /** Ends the reports, and judges what everybody saw. */
  verdict(options?: { isEmptied: boolean }): Promise<Verdict>
}

export type WatchedOptions = {
  /** Every instance. */
  instances: readonly RunningServer[]
  /** Where reporters and viewers go: the instances, unless a proxy stands in front. */
  urls?: readonly string[]
  projects?: readonly string[]
  viewers?: number
  perSecond?: number
}

/** Steady reports and viewers of a fleet; resolves once every viewer shows something. */
export async function watchFleet(options: WatchedOptions): Promise<Watched> {
  const { instances, projects = ['apollo', 'gemini', 'mercury'], viewers: count = 12, perSecond = 25 } = options
  const direct = instances.map(({ url }) => url)
  const { urls = direct } = options
  const reports = reportSteadily({ urls, projects, perSecond })
  await eventually(() => projects.every((project) => (reports.acknowledged.get(project)?.length ?? 0) > 0), { withinMs: 20_000 })
  const viewers = Array.from({ length: count }, (_, index) =>
    watchProject([...urls.slice(index % urls.length), ...urls.slice(0, index % urls.length)], projects[index % projects.length] ?? ''),
  )
  await eventually(() => viewers.every((viewer) => viewer.rows().length > 0), { withinMs: 20_000 })
  return {
    reports,
    viewers,
    async grows(by, withinMs = 30_000) {
      const from = reports.count()
      await eventually(() => reports.count() >= from + by, { withinMs })
    },
    async verdict(options) {
      await reports.stop()
      return judge({ urls: direct, reports: [reports], viewers, ...options })
    },
  }
}

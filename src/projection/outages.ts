import type { Logger } from '../telemetry/logger.ts'

/** What this worker cannot reach, since when (ms since 1970). */
export type Outages = {
  log?: { since: number }
  bus?: { since: number }
  unreachable?: { since: number; projects: ReadonlySet<string> }
}

/** Why a page is not live. `part`: some of its projects cannot be read. */
export type Trouble = { kind: 'log' | 'bus' | 'part'; since: number; projects?: number }

type Options = { now?: () => number; onChange?(before: Outages): void }
export type OutageBook = ReturnType<typeof openOutages>

/** Tracks what this worker cannot reach. */
export function openOutages({ now = Date.now, onChange }: Options = {}) {
  let current: Outages = {}

  function become(next: Outages) {
    const before = current
    current = next
    onChange?.(before)
  }

  function setUnreachable(projects: ReadonlySet<string>) {
    const { unreachable, ...others } = current
    if (isSameSet(projects, unreachable?.projects ?? NONE)) return
    become(projects.size === 0 ? others : { ...others, unreachable: { since: unreachable?.since ?? now(), projects } })
  }

  return {
    current: (): Outages => current,
    set(part: 'log' | 'bus', isThere: boolean) {
      if (isThere !== (current[part] !== undefined)) return
      const { [part]: _, ...others } = current
      become(isThere ? others : { ...others, [part]: { since: now() } })
    },
    addUnreachable(project: string) {
      if (!current.log) setUnreachable(new Set([...(current.unreachable?.projects ?? []), project]))
    },
    setUnreachable,
  }
}

/** The trouble to show on a project's page, or without a name on a page of many projects. */
export function troubleOf({ log, bus, unreachable }: Outages, project?: string): Trouble | undefined {
  if (log) return { kind: 'log', ...log }
  if (unreachable && project === undefined) return { kind: 'part', since: unreachable.since, projects: unreachable.projects.size }
  if (unreachable?.projects.has(project ?? '')) return { kind: 'log', since: unreachable.since }
  return bus && { kind: 'bus', ...bus }
}

const NONE: ReadonlySet<string> = new Set()

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((name) => other.has(name))

const PARTS = [
  ['log', 'the event log'],
  ['bus', 'the bus'],
] as const

/** One line when something goes away, and one when it is back. */
export function logOutage(log: Logger, before: Outages, now: Outages): void {
  for (const [part, words] of PARTS) {
    const [was, is] = [before[part], now[part]]
    if (is && !was) log.warn(`${words} is away`)
    if (was && !is) log.info(`${words} is back`, { away_seconds: Math.round((Date.now() - was.since) / 1_000) })
  }
  const [were, are] = [before.unreachable?.projects.size ?? 0, now.unreachable?.projects.size ?? 0]
  if (were === are) return
  if (are === 0) log.info('every project is reachable again')
  else
    log.warn(
      `${are === 1 ? '1 project' : `${are} projects`} cannot be reached: the event log does not answer for ${are === 1 ? 'it' : 'them'}`,
    )
}

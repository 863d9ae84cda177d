import { PROJECTS_LOG } from '../domain/events/names.ts'
import { type EventLog, LogUnavailableError, type Position } from '../event-log/event-log.ts'
import { inParallel } from './in-parallel.ts'
import type { Projections } from './projections.ts'

type Deps = { eventLog: EventLog; projections: Projections; onError(error: unknown): void }

/** Logs that are read at the same time. */
const AT_ONCE = 16
/** What the log holds may have been announced a moment ago: that is on its way, and no reason to read. */
const ON_ITS_WAY_MS = 50
/** Of projects without a head, so many are asked for before one that gives no answer speaks for the rest. */
const PROBED_AT_ONCE = 64

/**
 * Reads every project that is behind its head. One that fails keeps no other. Gives back those that cannot be reached; rejects with
 * LogUnavailableError when that is every one.
 */
export async function compareHeads(deps: Deps, heads: ReadonlyMap<string, Position>): Promise<Set<string>> {
  const { projections } = deps
  const isAway = new Set<string>()
  const behind = [...heads].filter(([name, head]) => name !== PROJECTS_LOG && isBehind(projections, name, head))
  if (behind.length > 0) await Bun.sleep(ON_ITS_WAY_MS)
  const still = behind.filter(([name, head]) => isBehind(projections, name, head)).map(([name]) => name)
  await readAll(deps, watchedFirst(projections, still), isAway)
  if (isAway.size > 0 && isAway.size === still.length) await deps.eventLog.heads()
  for (const name of await withoutHead(deps, heads)) isAway.add(name)
  return isAway
}

function isBehind(projections: Projections, name: string, head: Position): boolean {
  const known = projections.summary(name)
  return known?.epoch !== head.epoch || known.offset < head.offset
}

/** What is in memory is what somebody looked at, or what moves. */
function watchedFirst(projections: Projections, names: readonly string[]): string[] {
  const isLoaded = (name: string) => projections.loaded(name) !== undefined
  return [...names.filter(isLoaded), ...names.filter((name) => !isLoaded(name))]
}

async function readAll({ projections, onError }: Deps, names: Iterable<string>, isAway: Set<string>): Promise<void> {
  await inParallel(names, AT_ONCE, async (name) => {
    try {
      await projections.fresh(name)
    } catch (error) {
      if (error instanceof LogUnavailableError) isAway.add(name)
      else onError(error)
    }
  })
}

/** What had events and has no head: its server is away, or its log is another one. Gives back the former. */
async function withoutHead(deps: Deps, heads: ReadonlyMap<string, Position>): Promise<Set<string>> {
  const missing = expected(deps.projections).filter((name) => !heads.has(name))
  const isAway = new Set<string>()
  for (let from = 0; from < missing.length && isAway.size === 0; from += PROBED_AT_ONCE) {
    await readAll(deps, missing.slice(from, from + PROBED_AT_ONCE), isAway)
  }
  return isAway.size === 0 ? isAway : new Set(expected(deps.projections).filter((name) => !heads.has(name)))
}

/** What the log must know: projects with events, and registered ones of which nothing could be read yet. */
function expected(projections: Projections): string[] {
  const withEvents = [...projections.summaries()].filter(({ offset }) => offset > 0).map(({ project }) => project.name)
  const unread = [...projections.registry.projects.values()].filter(({ name }) => !projections.summary(name)).map(({ name }) => name)
  return [...withEvents, ...unread]
}

import type { Announcement, Bus } from '../bus/bus.ts'
import { topics } from '../bus/topics.ts'
import { PROJECTS_LOG } from '../domain/names.ts'
import type { Project } from '../domain/project-registry.ts'
import { emptyRegistry, newProject, type Registry } from '../domain/project-registry.ts'
import type { ProjectState } from '../domain/project-state.ts'
import { type ProjectSummary, summarize } from '../domain/project-summary.ts'
import type { EventLog, Position } from '../event-log/event-log.ts'
import { projectFold, registryFold } from './folds.ts'
import { type Followed, type Follower, openFollower } from './follower.ts'

export type ProjectView = Followed<ProjectState>

export type ProjectChange = {
  project: Project
  before: ProjectSummary | undefined
  summary: ProjectSummary
  view: ProjectView
}

/** What every project looks like now, kept current by the bus and healed from the log. */
export type Projections = {
  /** Finds a registered project by its name in any case. */
  findProject(name: string): Project | undefined
  summaries(): Iterable<ProjectSummary>
  summary(name: string): ProjectSummary | undefined
  /** The full state with everything that the log holds now, announced or not. */
  fresh(name: string): Promise<ProjectView>
  registry(): Registry
  /** The full state when it is in memory, as it is after `view`. */
  loaded(name: string): ProjectView | undefined
  /** The full state; read from the log when it is not in memory. */
  view(name: string): Promise<ProjectView>
  /** Hears every change of a summary or a state, in order per project. */
  onChange(listener: (change: ProjectChange) => void): void
  /** Reads what the log holds beyond what was announced, for every project. */
  catchUp(): Promise<void>
  close(): Promise<void>
}

type Deps = { eventLog: EventLog; bus: Bus; staleMinutes: number; onError(error: unknown): void; now?: () => number }
type Entry = {
  follower: Follower<ProjectState>
  summary: ProjectSummary | undefined
  view: ProjectView | undefined
  timer: Timer | undefined
}
type Timer = ReturnType<typeof setTimeout>

/** Full states kept in memory; others are read back when something happens to them or somebody looks. */
const STATES_IN_MEMORY = 500
/** How often heads are compared with what was announced, so that a lost announcement is found. */
const HEAD_CHECK_MS = 5_000
const TIMER_LIMIT_MS = 2 ** 31 - 1

export async function openProjections({ eventLog, bus, staleMinutes, onError, now = Date.now }: Deps): Promise<Projections> {
  const entries = new Map<string, Entry>()
  const inMemory = new Set<string>()
  const listeners: ((change: ProjectChange) => void)[] = []
  const registry = openFollower<Registry>({ eventLog, project: PROJECTS_LOG, fold: registryFold, changed: registryChanged, onError })

  const registered = (name: string): Project | undefined => registry.current()?.state.projects.get(name.toLowerCase())

  function entryOf(name: string): Entry {
    const known = entries.get(name)
    if (known) return known
    const changed = ({ after }: { after: ProjectView }) => stateChanged(name, after)
    const follower = openFollower({ eventLog, project: name, fold: projectFold, changed, onError })
    const entry: Entry = { follower, summary: undefined, view: undefined, timer: undefined }
    entries.set(name, entry)
    return entry
  }

  function stateChanged(name: string, view: ProjectView) {
    remember(name)
    entryOf(name).view = view
    refresh(name)
  }

  /** Recomputes the summary and tells everyone; called when the state, the registry entry or the time of attention moved. */
  function refresh(name: string) {
    const entry = entryOf(name)
    const view = entry.view
    if (!view) return
    const project = registered(name) ?? newProject(name)
    const before = entry.summary
    entry.summary = summarize({ project, state: view.state, epoch: view.epoch, now: now(), staleMinutes })
    clearTimeout(entry.timer)
    const { nextChangeAt } = entry.summary.attention
    if (nextChangeAt !== undefined) entry.timer = setTimeout(() => attentionDue(name), delayUntil(nextChangeAt))
    for (const listener of listeners) listener({ project, before, summary: entry.summary, view })
  }

  const delayUntil = (at: number) => Math.min(Math.max(at - now(), 0) + 1, TIMER_LIMIT_MS)

  function attentionDue(name: string) {
    const entry = entryOf(name)
    if (entry.view) return refresh(name)
    entry.follower.catchUp().catch(onError)
  }

  function registryChanged({ before, after }: { before: Followed<Registry> | undefined; after: Followed<Registry> }) {
    for (const [key, project] of after.state.projects) {
      if (before?.state.projects.get(key) === project) continue
      const entry = entryOf(project.name)
      if (entry.view) refresh(project.name)
      else entry.follower.catchUp().catch(onError)
    }
  }

  /** Keeps the recently used states; an evicted one leaves its summary and its timer. */
  function remember(name: string) {
    inMemory.delete(name)
    inMemory.add(name)
    if (inMemory.size <= STATES_IN_MEMORY) return
    const [oldest] = inMemory
    if (oldest === undefined) return
    inMemory.delete(oldest)
    const entry = entryOf(oldest)
    entry.follower.saveSnapshot().catch(onError)
    entry.follower.unload()
    entry.view = undefined
  }

  function deliver(announcement: Announcement) {
    if (announcement.project === PROJECTS_LOG) registry.deliver(announcement)
    else entryOf(announcement.project).follower.deliver(announcement)
  }

  const isBehind = (name: string, head: Position) => {
    const known = name === PROJECTS_LOG ? undefined : entries.get(name)?.summary
    return known?.epoch !== head.epoch || known.offset !== head.offset
  }

  async function catchUp() {
    await registry.catchUp()
    const heads = await eventLog.heads()
    for (const [name, head] of heads) {
      if (name !== PROJECTS_LOG && isBehind(name, head)) await entryOf(name).follower.catchUp()
    }
    for (const project of registry.current()?.state.projects.values() ?? []) {
      if (!entryOf(project.name).summary) await entryOf(project.name).follower.catchUp()
    }
  }

  const unsubscribe = await bus.subscribe(topics.events, { deliver, missed: () => void catchUp().catch(onError) })
  await catchUp()
  const headCheck = setInterval(() => void catchUp().catch(onError), HEAD_CHECK_MS)

  return {
    findProject: registered,
    summaries: () => summariesOf(entries),
    summary: (name) => entries.get(name)?.summary,
    fresh: (name) => entryOf(name).follower.catchUp(),
    registry: () => registry.current()?.state ?? emptyRegistry(),
    loaded: (name) => entries.get(name)?.view,
    async view(name) {
      const entry = entryOf(name)
      if (!entry.view) await entry.follower.catchUp()
      const view = entry.view ?? entry.follower.current()
      if (!view) throw new Error(`the state of ${name} could not be read`)
      remember(name)
      return view
    },
    onChange: (listener) => void listeners.push(listener),
    catchUp,
    async close() {
      unsubscribe()
      clearInterval(headCheck)
      const all = [registry, ...[...entries.values()].map((entry) => entry.follower)]
      for (const entry of entries.values()) clearTimeout(entry.timer)
      for (const follower of all) follower.close()
      await Promise.all(all.map((follower) => follower.saveSnapshot())).catch(onError)
    },
  }
}

function* summariesOf(entries: Map<string, Entry>): Generator<ProjectSummary> {
  for (const { summary } of entries.values()) if (summary) yield summary
}

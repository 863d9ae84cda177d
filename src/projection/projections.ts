import { emptyRegistry, newProject, type Project, type Registry } from '../domain/registry/project-registry.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { type Followed, projectFold, registryFold } from './folds.ts'
import type { Announcement } from '../bus/bus.ts'
import { isOwnLog, PROJECTS_LOG } from '../domain/events/names.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { type EventLog, LogUnavailableError, type Position } from '../event-log/event-log.ts'
import { Follower } from './follower.ts'
import { forEachConcurrently } from './for-each-concurrently.ts'
import { openStateMemory } from './state-memory.ts'

export type ProjectChange = {
  project: Project
  before: ProjectSummary | undefined
  summary: ProjectSummary
  view: ProjectView
  isGone: boolean
}

export type RegistryChange = { before: Followed<Registry> | undefined; after: Followed<Registry> }

export type ProjectView = Followed<ProjectState>

type Deps = {
  eventLog: EventLog
  staleMinutes: number
  onError(error: unknown): void
  onUnavailable?(): void
  now?: () => number
  stateMemoryBytes?: number
}
type ProjectEntry = {
  follower: Follower<ProjectState>
  summary: ProjectSummary | undefined
  timer: ReturnType<typeof setTimeout> | undefined
}
export type ProjectReads = Pick<Projections, 'findProject' | 'summary' | 'loaded' | 'view' | 'fresh' | 'readRegistry'>

const FOLDED_AGAIN = 100
const AT_ONCE = 16

/** The current state and summary of every project: updated by the bus, corrected from the log. */
export class Projections {
  readonly #deps: Deps
  readonly #now: () => number
  readonly #registry: Follower<Registry>
  readonly #entries = new Map<string, ProjectEntry>()
  readonly #memory: ReturnType<typeof openStateMemory>
  readonly #listeners: ((change: ProjectChange) => void)[] = []
  constructor(deps: Deps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    const nextChangeAt = (name: string) => this.summary(name)?.nextLookAt
    this.#memory = openStateMemory({ limitBytes: deps.stateMemoryBytes, nextChangeAt, now: this.#now, evict: (name) => this.#evict(name) })
    const changed = (change: RegistryChange) => this.#registryChanged(change)
    this.#registry = new Follower({ ...this.#deps, onError: this.#failed, project: PROJECTS_LOG, fold: registryFold, changed })
  }

  findProject(name: string): Project | undefined {
    return this.registry.projects.get(name.toLowerCase())
  }

  get registry(): Registry {
    return this.#registry.current?.state ?? emptyRegistry()
  }

  async readRegistry(): Promise<void> {
    await this.#registry.catchUp()
  }

  *summaries(): Generator<ProjectSummary> {
    for (const { summary } of this.#entries.values()) if (summary) yield summary
  }

  summary(name: string): ProjectSummary | undefined {
    return this.#entries.get(name)?.summary
  }

  loaded(name: string): ProjectView | undefined {
    return this.#entries.get(name)?.follower.current
  }

  async view(name: string): Promise<ProjectView> {
    const { current } = this.#entryOf(name).follower
    if (!current) return this.fresh(name)
    this.#remember(name)
    return current
  }

  async fresh(name: string): Promise<ProjectView> {
    const view = await this.#entryOf(name).follower.catchUp()
    this.#remember(name)
    return view
  }

  hold(name: string): () => void {
    this.#memory.hold(name)
    return () => this.#memory.release(name)
  }

  onChange(listener: (change: ProjectChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Returns 'of another log' when the epoch changed, which other projects may share. */
  deliver(announcement: Announcement): 'of another log' | undefined {
    const { project, epoch } = announcement
    if (isOwnLog(project) && project !== PROJECTS_LOG) return undefined
    const follower = project === PROJECTS_LOG ? this.#registry : this.#entryOf(project).follower
    const known = follower.current?.epoch ?? this.summary(project)?.epoch
    follower.deliver(announcement)
    return known === undefined || known === epoch ? undefined : 'of another log'
  }

  get registryPosition(): Position | undefined {
    return this.#registry.current && { epoch: this.#registry.current.epoch, offset: this.registry.offset }
  }

  async catchUpRegistry(): Promise<Registry> {
    const { state } = await this.#registry.catchUp()
    const unknown = [...state.projects.values()].filter(({ name }) => !this.summary(name))
    await forEachConcurrently(unknown, AT_ONCE, ({ name }) => this.fresh(name).catch(this.#failed))
    return state
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    for (const { timer } of entries) clearTimeout(timer)
    const followers = [this.#registry, ...entries.map(({ follower }) => follower)]
    for (const follower of followers) follower.close()
    await Promise.all(followers.map((follower) => follower.saveSnapshot().catch(this.#failed)))
  }

  #entryOf(name: string): ProjectEntry {
    const known = this.#entries.get(name)
    if (known) return known
    const changed = () => {
      this.#refresh(name)
      this.#remember(name)
    }
    const follower = new Follower({ ...this.#deps, onError: this.#failed, project: name, fold: projectFold, changed })
    const entry: ProjectEntry = { follower, summary: undefined, timer: undefined }
    this.#entries.set(name, entry)
    return entry
  }

  #refresh(name: string) {
    const entry = this.#entryOf(name)
    const { summary: before } = entry
    const view = entry.follower.current
    const registered = this.findProject(name)
    // An unregistered name without events is not a project.
    const isGone = !registered && view?.state.offset === 0
    if (!view || (isGone && !before)) return
    const project = registered ?? newProject(name)
    const summary = summarize({ project, state: view.state, epoch: view.epoch, now: this.#now(), staleMinutes: this.#deps.staleMinutes })
    entry.summary = isGone ? undefined : summary
    clearTimeout(entry.timer)
    const { nextLookAt } = summary
    if (nextLookAt !== undefined) entry.timer = setTimeout(() => this.#attentionDue(name), delayUntil(nextLookAt, this.#now()))
    this.#tell({ project, before, summary, view, isGone })
    if (isGone) this.#entries.delete(name)
  }

  #tell(change: ProjectChange) {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#deps.onError(error)
      }
    }
  }

  #attentionDue(name: string) {
    if (!this.loaded(name)) return void this.fresh(name).catch(this.#failed)
    this.#refresh(name)
    this.#remember(name)
  }

  #registryChanged({ before, after }: RegistryChange) {
    // After an epoch change, projects missing from the registry may be gone.
    if (!before) for (const name of [...this.#entries.keys()]) if (!after.state.projects.has(name.toLowerCase())) this.#attentionDue(name)
    for (const [key, { name }] of before?.state.projects ?? []) if (!after.state.projects.has(key)) this.fresh(name).catch(this.#failed)
    for (const [key, project] of after.state.projects) {
      if (before?.state.projects.get(key) !== project) this.#attentionDue(project.name)
    }
  }

  #remember(name: string, view = this.loaded(name)) {
    if (view) this.#memory.used(name, view)
  }

  #evict(name: string) {
    const follower = this.#entries.get(name)?.follower
    follower?.saveSnapshot(FOLDED_AGAIN).catch(this.#failed)
    follower?.unload()
  }

  readonly #failed = (error: unknown) => {
    if (error instanceof LogUnavailableError) this.#deps.onUnavailable?.()
    else this.#deps.onError(error)
  }
}

/** Calls the listener with each project whose epoch changed: its sources have to report their state again. */
export function onEpochChange(projections: Pick<Projections, 'onChange'>, listener: (project: string) => void): void {
  projections.onChange(({ project, before, view }) => {
    if (before && before.epoch !== view.epoch) listener(project.name)
  })
}

/** Calls the listener with each project that is new or whose settings changed, its tags among them. */
export function onSettingsChange(projections: Pick<Projections, 'onChange'>, listener: (project: string) => void): void {
  projections.onChange(({ project, before, isGone }) => {
    if (!isGone && before?.project !== project) listener(project.name)
  })
}

const TIMER_LIMIT_MS = 2 ** 31 - 1

/** A timer's delay until an instant (ms since 1970), within what timers support. */
export const delayUntil = (at: number, now: number): number => Math.min(Math.max(at - now, 0) + 1, TIMER_LIMIT_MS)

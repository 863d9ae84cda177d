import type { Announcement } from '../bus/bus.ts'
import { PROJECTS_LOG } from '../domain/events/names.ts'
import { emptyRegistry, newProject, type Project, type Registry } from '../domain/registry/project-registry.ts'
import type { ProjectState } from '../domain/project/project-state.ts'
import { type ProjectSummary, summarize } from '../domain/summary/project-summary.ts'
import { type EventLog, LogUnavailableError, type Position } from '../event-log/event-log.ts'
import { projectFold, registryFold } from './folds.ts'
import { Follower } from './follower.ts'
import { delayUntil } from './delay-until.ts'
import { inParallel } from './in-parallel.ts'
import type { ProjectChange, ProjectView, RegistryChange } from './project-change.ts'
import { openStateMemory } from './state-memory.ts'

type Deps = {
  eventLog: EventLog
  staleMinutes: number
  onError(error: unknown): void
  /** The log gave no answer: time to look whether it is there. */
  onUnavailable?(): void
  now?: () => number
  /** States that nobody watches and nothing is due of stay in memory up to here. */
  stateMemoryBytes?: number
}
type Entry = {
  follower: Follower<ProjectState>
  summary: ProjectSummary | undefined
  timer: ReturnType<typeof setTimeout> | undefined
}
/** An evicted state is saved once reading it back would fold more events than this. */
const FOLDED_AGAIN = 100
/** Logs that are read at the same time. */
const AT_ONCE = 16

/** What every project looks like now, kept current by the bus and healed from the log. */
export class Projections {
  readonly #deps: Deps
  readonly #now: () => number
  readonly #registry: Follower<Registry>
  readonly #entries = new Map<string, Entry>()
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

  /** Finds a registered project by its name in any case. */
  findProject(name: string): Project | undefined {
    return this.registry.projects.get(name.toLowerCase())
  }

  get registry(): Registry {
    return this.#registry.current?.state ?? emptyRegistry()
  }

  /** Afterwards every project that the log knows now is found. */
  async readRegistry(): Promise<void> {
    await this.#registry.catchUp()
  }

  *summaries(): Generator<ProjectSummary> {
    for (const { summary } of this.#entries.values()) if (summary) yield summary
  }

  summary(name: string): ProjectSummary | undefined {
    return this.#entries.get(name)?.summary
  }

  /** The full state when it is in memory, as it is after `view` and `fresh`. */
  loaded(name: string): ProjectView | undefined {
    return this.#entries.get(name)?.follower.current
  }

  /** The full state; read from the log when it is not in memory. */
  async view(name: string): Promise<ProjectView> {
    const { current } = this.#entryOf(name).follower
    if (!current) return this.fresh(name)
    this.#remember(name)
    return current
  }

  /** The full state with everything that the log holds now, announced or not. */
  async fresh(name: string): Promise<ProjectView> {
    const view = await this.#entryOf(name).follower.catchUp()
    this.#remember(name)
    return view
  }

  /** Keeps a state in memory, because somebody watches it, until what this gives back is called. */
  hold(name: string): () => void {
    this.#memory.hold(name)
    return () => this.#memory.release(name)
  }

  /** Hears every change of a summary or a state, in order per project. */
  onChange(listener: (change: ProjectChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Tells when an announcement is of another log than what is known: others may be too. */
  deliver(announcement: Announcement): 'of another log' | undefined {
    const { project, epoch } = announcement
    const follower = project === PROJECTS_LOG ? this.#registry : this.#entryOf(project).follower
    const known = follower.current?.epoch ?? this.summary(project)?.epoch
    follower.deliver(announcement)
    return known === undefined || known === epoch ? undefined : 'of another log'
  }

  /** Where the registry stands; undefined while it was not read yet. */
  get registryPosition(): Position | undefined {
    return this.#registry.current && { epoch: this.#registry.current.epoch, offset: this.registry.offset }
  }

  /** Makes `findProject` know everything that the registry's log holds, and gives every project of it a summary. */
  async catchUpRegistry(): Promise<Registry> {
    const { state } = await this.#registry.catchUp()
    const unknown = [...state.projects.values()].filter(({ name }) => !this.summary(name))
    await inParallel(unknown, AT_ONCE, ({ name }) => this.fresh(name).catch(this.#failed))
    return state
  }

  /** Saves what a start would otherwise have to fold again. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    for (const { timer } of entries) clearTimeout(timer)
    const followers = [this.#registry, ...entries.map(({ follower }) => follower)]
    for (const follower of followers) follower.close()
    await Promise.all(followers.map((follower) => follower.saveSnapshot().catch(this.#failed)))
  }

  #entryOf(name: string): Entry {
    const known = this.#entries.get(name)
    if (known) return known
    const changed = () => {
      this.#refresh(name)
      this.#remember(name)
    }
    const follower = new Follower({ ...this.#deps, onError: this.#failed, project: name, fold: projectFold, changed })
    const entry: Entry = { follower, summary: undefined, timer: undefined }
    this.#entries.set(name, entry)
    return entry
  }

  /** Recomputes the summary and tells everyone: the state, the registry entry or the time of attention moved. */
  #refresh(name: string) {
    const entry = this.#entryOf(name)
    const { summary: before } = entry
    const view = entry.follower.current
    const registered = this.findProject(name)
    // A name that nobody registered and nothing was reported for is no project, whoever asked about it.
    const isGone = !registered && view?.state.offset === 0
    if (!view || (isGone && !before)) return
    const project = registered ?? newProject(name)
    const summary = summarize({ project, state: view.state, epoch: view.epoch, now: this.#now(), staleMinutes: this.#deps.staleMinutes })
    entry.summary = isGone ? undefined : summary
    clearTimeout(entry.timer)
    const { nextLookAt } = summary
    if (nextLookAt !== undefined) entry.timer = setTimeout(() => this.#attentionDue(name), delayUntil(nextLookAt, this.#now()))
    for (const listener of this.#listeners) listener({ project, before, summary, view, isGone })
    if (isGone) this.#entries.delete(name)
  }

  #attentionDue(name: string) {
    if (!this.loaded(name)) return void this.fresh(name).catch(this.#failed)
    this.#refresh(name)
    this.#remember(name)
  }

  #registryChanged({ before, after }: RegistryChange) {
    // Of another log: what it does not know any more may be gone.
    if (!before) for (const name of [...this.#entries.keys()]) if (!after.state.projects.has(name.toLowerCase())) this.#attentionDue(name)
    for (const [key, { name }] of before?.state.projects ?? []) if (!after.state.projects.has(key)) this.fresh(name).catch(this.#failed)
    for (const [key, project] of after.state.projects) {
      if (before?.state.projects.get(key) !== project) this.#attentionDue(project.name)
    }
  }

  #remember(name: string, view = this.loaded(name)) {
    if (view) this.#memory.used(name, view)
  }

  /** An evicted state leaves its summary and its timer. */
  #evict(name: string) {
    const follower = this.#entries.get(name)?.follower
    follower?.saveSnapshot(FOLDED_AGAIN).catch(this.#failed)
    follower?.unload()
  }

  /** What the log does not answer now, the head check finds later: one outage is told once, not once a project. */
  readonly #failed = (error: unknown) => {
    if (error instanceof LogUnavailableError) this.#deps.onUnavailable?.()
    else this.#deps.onError(error)
  }
}

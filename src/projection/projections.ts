import type { Announcement, Bus } from '../bus/bus.ts'
import { topics } from '../bus/topics.ts'
import { PROJECTS_LOG } from '../domain/names.ts'
import { emptyRegistry, newProject, type Project, type Registry } from '../domain/project-registry.ts'
import type { ProjectState } from '../domain/project-state.ts'
import { type ProjectSummary, summarize } from '../domain/project-summary.ts'
import type { EventLog, Position } from '../event-log/event-log.ts'
import { projectFold, registryFold } from './folds.ts'
import { type Followed, Follower } from './follower.ts'

export type ProjectView = Followed<ProjectState>

export type ProjectChange = { project: Project; before: ProjectSummary | undefined; summary: ProjectSummary; view: ProjectView }

type Deps = { eventLog: EventLog; bus: Bus; staleMinutes: number; onError(error: unknown): void; now?: () => number }
type Entry = {
  follower: Follower<ProjectState>
  summary: ProjectSummary | undefined
  timer: ReturnType<typeof setTimeout> | undefined
}
/** Full states kept in memory; others are read back when something happens to them or somebody looks. */
const STATES_IN_MEMORY = 500
/** How often heads are compared with what was announced, so that a lost announcement is found. */
const HEAD_CHECK_MS = 5_000
const TIMER_LIMIT_MS = 2 ** 31 - 1

/** Rejects while the log cannot be read; afterwards every project is known as the log has it. */
export async function openProjections(deps: Deps): Promise<Projections> {
  const projections = new Projections(deps)
  const deliver = (announcement: Announcement) => projections.deliver(announcement)
  const catchUp = () => void projections.catchUp().catch(deps.onError)
  const unsubscribe = await deps.bus.subscribe(topics.events, { deliver, missed: catchUp })
  await projections.catchUp()
  const headCheck = setInterval(catchUp, HEAD_CHECK_MS)
  projections.endWith(() => {
    unsubscribe()
    clearInterval(headCheck)
  })
  return projections
}

/** What every project looks like now, kept current by the bus and healed from the log. */
export class Projections {
  readonly #deps: Deps
  readonly #now: () => number
  readonly #registry: Follower<Registry>
  readonly #entries = new Map<string, Entry>()
  /** Names of projects whose state is in memory, the least recently used first. */
  readonly #inMemory = new Set<string>()
  readonly #listeners: ((change: ProjectChange) => void)[] = []
  #end: (() => void) | undefined

  constructor(deps: Deps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    const changed = (change: RegistryChange) => this.#registryChanged(change)
    this.#registry = new Follower({ ...deps, project: PROJECTS_LOG, fold: registryFold, changed })
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

  /** Hears every change of a summary or a state, in order per project. */
  onChange(listener: (change: ProjectChange) => void): void {
    this.#listeners.push(listener)
  }

  deliver(announcement: Announcement): void {
    if (announcement.project === PROJECTS_LOG) this.#registry.deliver(announcement)
    else this.#entryOf(announcement.project).follower.deliver(announcement)
  }

  /** Reads what the log holds beyond what was announced, for every project. */
  async catchUp(): Promise<void> {
    await this.readRegistry()
    for (const [name, head] of await this.#deps.eventLog.heads()) {
      if (name !== PROJECTS_LOG && this.#isBehind(name, head)) await this.fresh(name)
    }
    for (const { name } of this.registry.projects.values()) if (!this.summary(name)) await this.fresh(name)
  }

  endWith(end: () => void): void {
    this.#end = end
  }

  /** Saves what a start would otherwise have to fold again. */
  async close(): Promise<void> {
    this.#end?.()
    const entries = [...this.#entries.values()]
    for (const { timer } of entries) clearTimeout(timer)
    const followers = [this.#registry, ...entries.map(({ follower }) => follower)]
    for (const follower of followers) follower.close()
    await Promise.all(followers.map((follower) => follower.saveSnapshot()))
  }

  #entryOf(name: string): Entry {
    const known = this.#entries.get(name)
    if (known) return known
    const changed = () => {
      this.#remember(name)
      this.#refresh(name)
    }
    const follower = new Follower({ ...this.#deps, project: name, fold: projectFold, changed })
    const entry: Entry = { follower, summary: undefined, timer: undefined }
    this.#entries.set(name, entry)
    return entry
  }

  /** Recomputes the summary and tells everyone; called when the state, the registry entry or the time of attention moved. */
  #refresh(name: string) {
    const entry = this.#entryOf(name)
    const { summary: before } = entry
    const view = entry.follower.current
    const registered = this.findProject(name)
    // A name that nobody registered and nothing was reported for is no project, whoever asked about it.
    if (!view || (!registered && view.state.offset === 0)) return
    const project = registered ?? newProject(name)
    const summary = summarize({ project, state: view.state, epoch: view.epoch, now: this.#now(), staleMinutes: this.#deps.staleMinutes })
    entry.summary = summary
    clearTimeout(entry.timer)
    const { nextChangeAt } = summary.attention
    if (nextChangeAt !== undefined) entry.timer = setTimeout(() => this.#attentionDue(name), delayUntil(nextChangeAt, this.#now()))
    for (const listener of this.#listeners) listener({ project, before, summary, view })
  }

  #attentionDue(name: string) {
    if (this.loaded(name)) this.#refresh(name)
    else this.fresh(name).catch(this.#deps.onError)
  }

  #registryChanged({ before, after }: RegistryChange) {
    for (const [key, project] of after.state.projects) {
      if (before?.state.projects.get(key) !== project) this.#attentionDue(project.name)
    }
  }

  /** Keeps the recently used states; an evicted one leaves its summary and its timer. */
  #remember(name: string) {
    this.#inMemory.delete(name)
    this.#inMemory.add(name)
    const [oldest] = this.#inMemory
    if (oldest === undefined || this.#inMemory.size <= STATES_IN_MEMORY) return
    this.#inMemory.delete(oldest)
    const entry = this.#entryOf(oldest)
    entry.follower.saveSnapshot().catch(this.#deps.onError)
    entry.follower.unload()
  }

  #isBehind(name: string, head: Position): boolean {
    const known = this.summary(name)
    return known?.epoch !== head.epoch || known.offset !== head.offset
  }
}

const delayUntil = (at: number, now: number) => Math.min(Math.max(at - now, 0) + 1, TIMER_LIMIT_MS)

type RegistryChange = { before: Followed<Registry> | undefined; after: Followed<Registry> }

import { z } from 'zod'
import type { StoredEvent } from '../events/event.ts'
import { isRecord } from '../events/loose-fields.ts'
import { canonicalJson } from '../project/state-codec.ts'
import type { RegistryEvent } from '../events/own-event.ts'

export const LIFECYCLES = ['active', 'paused', 'maintenance', 'archived', 'initializing'] as const
export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const

export type Lifecycle = (typeof LIFECYCLES)[number]
export type Priority = (typeof PRIORITIES)[number]

export type Project = {
  name: string
  path: string | undefined
  status: Lifecycle
  priority: Priority
  description: string
  owner: string | undefined
  team: string[]
  tags: string[]
  gitUrl: string | undefined
  orchestration: string | undefined
  dependencies: { project: string; type: string; criticality: string | undefined }[]
  /** Shown, not enforced; memory and disk in MiB. */
  limits: { parallelAgents: number; parallelCycles: number; memoryMb: number; diskMb: number; cpuPriority: number }
  workHours: WorkHours | undefined
  /** Whether those who may not act on it read no texts of people and agents. */
  privacy: Privacy
  origin: 'file' | 'reported'
}

export const PRIVACIES = ['open', 'metadata_only'] as const
export type Privacy = (typeof PRIVACIES)[number]

export type WorkHours = { timezone: string; start: string; end: string; days: string[] }

export type Registry = {
  offset: number
  projects: Map<string, Project>
  /** Purged names and the offset of the purge: a later registration is a new project. */
  purged: Map<string, Purged>
}

type Purged = { name: string; offset: number }

export const REGISTRY_FOLD_VERSION = 3

const Names = z.array(z.string())
const Dependencies = z.array(z.object({ project: z.string(), type: z.string(), criticality: z.string().optional() }))
const Limits = z.object({
  parallelAgents: z.number(),
  parallelCycles: z.number(),
  memoryMb: z.number(),
  diskMb: z.number(),
  cpuPriority: z.number().default(1),
})
const Hours = z.object({ timezone: z.string(), start: z.string(), end: z.string(), days: Names })

/** Absent settings stay, null unsets, invalid ones are ignored. */
const Settings = z.object({
  path: z.string().nullish().catch(undefined),
  status: z.enum(LIFECYCLES).optional().catch(undefined),
  priority: z.enum(PRIORITIES).optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  owner: z.string().nullish().catch(undefined),
  team: Names.optional().catch(undefined),
  tags: Names.optional().catch(undefined),
  gitUrl: z.string().nullish().catch(undefined),
  orchestration: z.string().nullish().catch(undefined),
  dependencies: Dependencies.optional().catch(undefined),
  limits: Limits.optional().catch(undefined),
  workHours: Hours.nullish().catch(undefined),
  privacy: z.enum(PRIVACIES).optional().catch('metadata_only'),
  origin: z.enum(['file', 'reported']).optional().catch(undefined),
})

/** A project with its defaults. */
export function newProject(name: string): Project {
  return {
    name,
    path: undefined,
    status: 'active',
    priority: 'normal',
    description: '',
    owner: undefined,
    team: [],
    tags: [],
    gitUrl: undefined,
    orchestration: undefined,
    dependencies: [],
    limits: { parallelAgents: 3, parallelCycles: 2, memoryMb: 1024, diskMb: 2048, cpuPriority: 1 },
    workHours: undefined,
    privacy: 'open',
    origin: 'reported',
  }
}

/** A registry without projects. */
export function emptyRegistry(): Registry {
  return { offset: 0, projects: new Map(), purged: new Map() }
}

/** The registry after these events; untouched projects are the same objects. */
export function foldRegistry(registry: Registry, events: readonly StoredEvent[]): Registry {
  const news = events.filter((event) => event.offset > registry.offset)
  const last = news.at(-1)
  if (!last) return registry
  const [projects, purged] = [new Map(registry.projects), new Map(registry.purged)]
  for (const event of news) {
    if (event.type === 'project_purged') {
      projects.delete(event.project.toLowerCase())
      purged.set(event.project.toLowerCase(), { name: event.project, offset: event.offset })
    } else foldRegistryEvent(projects, event)
  }
  return { offset: last.offset, projects, purged }
}

function foldRegistryEvent(projects: Map<string, Project>, event: StoredEvent) {
  if (event.type !== 'project_registered' && event.type !== 'project_changed' && event.type !== 'project_archived') return
  const key = event.project.toLowerCase()
  const known = projects.get(key)
  if (event.type === 'project_archived') {
    if (known) projects.set(key, { ...known, status: 'archived', origin: 'reported' })
    return
  }
  if (event.type === 'project_changed' && !known) return
  projects.set(key, withSettings(known ?? newProject(event.project), event.settings))
}

function withSettings(project: Project, settings: Record<string, unknown>): Project {
  const told = Settings.parse(settings)
  const optional = <T>(value: T | null | undefined, known: T | undefined) => (value === undefined ? known : (value ?? undefined))
  return {
    name: project.name,
    path: optional(told.path, project.path),
    status: told.status ?? project.status,
    priority: told.priority ?? project.priority,
    description: told.description ?? project.description,
    owner: optional(told.owner, project.owner),
    team: told.team ?? project.team,
    tags: told.tags ?? project.tags,
    gitUrl: optional(told.gitUrl, project.gitUrl),
    orchestration: optional(told.orchestration, project.orchestration),
    dependencies: told.dependencies?.map((one) => ({ ...one, criticality: one.criticality })) ?? project.dependencies,
    limits: told.limits ?? project.limits,
    workHours: optional(told.workHours, project.workHours),
    privacy: told.privacy ?? project.privacy,
    origin: told.origin ?? project.origin,
  }
}

/** The settings in a registry event: null where unset. */
export function settingsOf({ name: _, ...settings }: Project): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value ?? null]))
}

/** A registry as text, for snapshots. */
export function encodeRegistry({ offset, projects, purged }: Registry): string {
  return JSON.stringify({ offset, projects: [...projects.values()], purged: [...purged.values()] })
}

/** The registry that `encodeRegistry` wrote; throws on anything else. */
export function decodeRegistry(text: string): Registry {
  const encoded: unknown = JSON.parse(text)
  if (!isRecord(encoded) || typeof encoded['offset'] !== 'number' || !Array.isArray(encoded['projects'])) {
    throw new Error('a snapshot holds no registry')
  }
  const { offset, projects } = encoded
  const entries: unknown[] = projects
  const purged = z
    .array(z.object({ name: z.string(), offset: z.number() }))
    .catch([])
    .parse(encoded['purged'])
  return {
    offset,
    projects: new Map(entries.flatMap((entry) => readProject(entry) ?? [])),
    purged: new Map(purged.map((one) => [one.name.toLowerCase(), one])),
  }
}

function readProject(entry: unknown): [[string, Project]] | undefined {
  if (!isRecord(entry) || typeof entry['name'] !== 'string') return undefined
  return [[entry['name'].toLowerCase(), withSettings(newProject(entry['name']), entry)]]
}

/** The events that adapt the registry to a configuration file: its projects win, those it dropped are archived, reported ones stay. */
export function registryDifferences(registry: Registry, fileProjects: readonly Project[]): RegistryEvent[] {
  const listed = new Set(fileProjects.map(({ name }) => name.toLowerCase()))
  const told = fileProjects.flatMap((project) =>
    difference(registry.projects.get(project.name.toLowerCase()), { ...project, origin: 'file' }),
  )
  const removed = [...registry.projects].filter(([key, { origin }]) => origin === 'file' && !listed.has(key))
  return [...told, ...removed.map(([, { name }]) => ({ type: 'project_archived' as const, project: name }))]
}

/** Keeps the name of the first registration: the log has that spelling. */
function difference(known: Project | undefined, wanted: Project): RegistryEvent[] {
  const settings = settingsOf(wanted)
  if (!known) return [{ type: 'project_registered', project: wanted.name, settings }]
  const current = settingsOf(known)
  const changed = Object.entries(settings).filter(([key, value]) => canonicalJson(value) !== canonicalJson(current[key]))
  return changed.length === 0 ? [] : [{ type: 'project_changed', project: known.name, settings: Object.fromEntries(changed) }]
}

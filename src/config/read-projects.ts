import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Project } from '../domain/registry/project-registry.ts'
import { withoutCredentials, workHoursOf } from '../domain/registry/setting-values.ts'
import { findDependencyProblems } from './dependency-circles.ts'
import { type Findings, readSection } from './findings.ts'
import type { ConfigFile } from './read-file.ts'
import { ListedProject, MappedProject, type ProjectSection, ProjectName, type ProjectSettings } from './schema-projects.ts'

/** The projects of the file, a section by name or a list. A missing folder is only a warning. */
export function readProjects(file: ConfigFile, value: unknown, findings: Findings): { projects: Project[]; names: string[] } {
  const entries = Array.isArray(value) ? fromList(file, value, findings) : fromMap(file, value, findings)
  findTwins(file, entries, findings)
  findDependencyProblems(file, entries, findings)
  const projects = entries.flatMap(({ name, settings, path }) => {
    if (settings === undefined) return []
    const folder = expand(settings.path, dirname(file.path))
    const reason = folderProblem(folder)
    if (reason !== undefined) findings.warnings.push(file.problem([...path, 'path'], reason))
    return [toProject(name, settings, folder)]
  })
  findSharedFolders({ file, entries, findings }, new Map(projects.map(({ name, path }) => [name, path ?? ''])))
  return { projects, names: entries.map(({ name }) => name) }
}

function fromMap(file: ConfigFile, value: unknown, findings: Findings): ProjectSection[] {
  if (typeof value !== 'object' || value === null) {
    findings.problems.push(file.problem(['projects'], 'expected a section with a key for each project, or a list of projects'))
    return []
  }
  return Object.entries(value).map(([name, section]) => {
    const path = ['projects', name]
    const problem = ProjectName.safeParse(name).error?.issues[0]?.message
    if (problem !== undefined) findings.problems.push(file.keyProblem(path, `cannot be a project's name: ${problem}`))
    const settings = readSection(MappedProject, section ?? {}, { file, path, findings })
    if (settings?.name !== undefined && settings.name !== name) {
      findings.warnings.push(file.problem([...path, 'name'], `is not used: the key names the project ${name}`))
    }
    return { name, path, namePath: path, settings: problem === undefined ? settings : undefined }
  })
}

function fromList(file: ConfigFile, value: unknown[], findings: Findings): ProjectSection[] {
  return value.flatMap((section, index) => {
    const path = ['projects', index]
    const settings = readSection(ListedProject, section, { file, path, findings })
    const name = settings?.name ?? (typeof section === 'object' && section !== null && 'name' in section ? section.name : undefined)
    return typeof name === 'string' ? [{ name, path, namePath: [...path, 'name'], settings }] : []
  })
}

function findTwins(file: ConfigFile, entries: ProjectSection[], findings: Findings) {
  const seen = new Map<string, string>()
  for (const { name, namePath } of entries) {
    const other = seen.get(name.toLowerCase())
    if (other === undefined) seen.set(name.toLowerCase(), name)
    else if (other === name) findings.problems.push(file.keyProblem(namePath, `the name ${name} is given twice`))
    else findings.problems.push(file.keyProblem(namePath, `the names ${other} and ${name} differ by case only`))
  }
}

type Files = { file: ConfigFile; entries: ProjectSection[]; findings: Findings }

function findSharedFolders({ file, entries, findings }: Files, folders: Map<string, string>) {
  const owners = new Map<string, string>()
  for (const { name, path, settings } of entries) {
    const folder = settings === undefined ? undefined : real(folders.get(name) ?? '')
    if (folder === undefined) continue
    const owner = owners.get(folder)
    if (owner !== undefined && owner !== name)
      findings.problems.push(file.problem([...path, 'path'], `is the folder of ${owner} already: ${folder}`))
    else owners.set(folder, name)
  }
}

function expand(path: string, from: string): string {
  return resolve(from, path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path)
}

function folderProblem(folder: string): string | undefined {
  try {
    const status = statSync(folder, { throwIfNoEntry: false })
    if (status === undefined) return `${folder} does not exist; the project is shown without its files`
    if (!status.isDirectory()) return `${folder} is not a folder; the project is shown without its files`
    accessSync(folder, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `${folder} cannot be read (${errorCode(error)}); the project is shown without its files`
  }
}

function real(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

const errorCode = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error))

function toProject(name: string, settings: ProjectSettings, path: string): Project {
  const limits = settings.resource_limits
  return {
    name,
    path,
    status: settings.status ?? 'active',
    priority: settings.priority ?? 'normal',
    description: settings.description ?? '',
    owner: settings.owner,
    team: settings.team ?? [],
    tags: settings.tags ?? [],
    gitUrl: settings.git_url === undefined ? undefined : withoutCredentials(settings.git_url),
    orchestration: settings.orchestration ?? settings.mode,
    dependencies: (settings.dependencies ?? []).map((it) => ({
      project: it.target_project,
      type: it.dependency_type ?? 'blocks',
      criticality: it.criticality,
    })),
    limits: {
      parallelAgents: limits?.max_parallel_agents ?? 3,
      parallelCycles: limits?.max_parallel_cycles ?? 2,
      memoryMb: limits?.max_memory_mb ?? 1024,
      diskMb: limits?.max_disk_mb ?? 2048,
      cpuPriority: limits?.cpu_priority ?? 1,
    },
    privacy: settings.privacy ?? 'open',
    workHours: settings.work_hours && workHoursOf(settings.work_hours),
    origin: 'file',
  }
}

import type { Project, Registry } from './project-registry.ts'
import { settingsOf } from './project-registry.ts'
import type { RegistryEvent } from '../events/own-event.ts'
import { canonicalJson } from '../project/state-codec.ts'

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

import type { Project, Registry } from './project-registry.ts'
import { settingsOf } from './project-registry.ts'
import type { RegistryEvent } from '../events/own-event.ts'
import { canonicalJson } from '../project/state-codec.ts'

/**
 * What has to be told to the registry so that it agrees with a configuration file. The file wins for the names that it
 * lists; a project that it no longer lists is archived; those that were only reported stay as they are. None when they agree.
 */
export function registryDifferences(registry: Registry, fileProjects: readonly Project[]): RegistryEvent[] {
  const listed = new Set(fileProjects.map(({ name }) => name.toLowerCase()))
  const told = fileProjects.flatMap((project) =>
    difference(registry.projects.get(project.name.toLowerCase()), { ...project, origin: 'file' }),
  )
  const removed = [...registry.projects].filter(([key, { origin }]) => origin === 'file' && !listed.has(key))
  return [...told, ...removed.map(([, { name }]) => ({ type: 'project_archived' as const, project: name }))]
}

/** A project keeps the name under which it was first registered: its log has that name, whatever case the file uses. */
function difference(known: Project | undefined, wanted: Project): RegistryEvent[] {
  const settings = settingsOf(wanted)
  if (!known) return [{ type: 'project_registered', project: wanted.name, settings }]
  const current = settingsOf(known)
  const changed = Object.entries(settings).filter(([key, value]) => canonicalJson(value) !== canonicalJson(current[key]))
  return changed.length === 0 ? [] : [{ type: 'project_changed', project: known.name, settings: Object.fromEntries(changed) }]
}

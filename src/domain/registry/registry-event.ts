/**
 * What the `_projects` log holds: registrations, changes, archivings, and what was forgotten. Settings are those of `ProjectSettings`
 * (project-registry.ts), only the ones that are set; what a later version added is ignored by an older one.
 */
export type RegistryEvent =
  | { type: 'project_registered'; project: string; settings: Record<string, unknown> }
  | { type: 'project_changed'; project: string; settings: Record<string, unknown> }
  | { type: 'project_archived'; project: string }
  | { type: 'project_purged'; project: string }

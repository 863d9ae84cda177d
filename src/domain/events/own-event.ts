/**
 * What this service writes into a project's log itself. No reporter can send these: they are not among the types that are
 * read from outside.
 */
export type OwnEvent =
  /**
   * What a source says that a state is, where that is no news: it says what it said before although the project moved on, or
   * it now says what is known already. Without a story it speaks of the workflow.
   */
  | { type: 'state_told'; told_by: string; state: string; story_id?: string | undefined; cycle_id?: string | undefined }
  /** Reports that came and could not be kept, or that are known to be missing; `count` is null where nobody can tell. */
  | {
      type: 'reports_lost'
      told_by: string
      reason: string
      count: number | null
      /** There are more than were counted. */
      is_more?: boolean
      /** What was lost last, for people. */
      detail?: string
    }
  /** Somebody looked at the losses up to this offset. */
  | { type: 'losses_seen'; up_to: number }

const OWN: ReadonlySet<string> = new Set<OwnEvent['type']>(['state_told', 'reports_lost', 'losses_seen'])

/** Whether an event tells something of the service's own doing: nobody at work in the project was heard. */
export function isOwn({ type }: { type: string }): boolean {
  return OWN.has(type)
}

/**
 * What the `_projects` log holds: registrations, changes, archivings, and what was forgotten. Settings are those of `ProjectSettings`
 * (project-registry.ts), only the ones that are set; what a later version added is ignored by an older one.
 */
export type RegistryEvent =
  | { type: 'project_registered'; project: string; settings: Record<string, unknown> }
  | { type: 'project_changed'; project: string; settings: Record<string, unknown> }
  | { type: 'project_archived'; project: string }
  | { type: 'project_purged'; project: string }

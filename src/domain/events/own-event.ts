export type OwnEvent =
  /** A source repeated its state after the project moved on. Without a story: of the workflow. */
  | { type: 'state_told'; told_by: string; state: string; story_id?: string | undefined; cycle_id?: string | undefined }
  /** Reports that are missing; `count` is null where it is unknown. */
  | {
      type: 'reports_lost'
      told_by: string
      reason: string
      count: number | null
      is_more?: boolean
      detail?: string
    }
  | { type: 'losses_seen'; up_to: number }

export type RegistryEvent =
  | { type: 'project_registered'; project: string; settings: Record<string, unknown> }
  | { type: 'project_changed'; project: string; settings: Record<string, unknown> }
  | { type: 'project_archived'; project: string }
  | { type: 'project_purged'; project: string }

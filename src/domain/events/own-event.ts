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

/** Of the log of who may come in. */
export type AccessEvent =
  | {
      type: 'token_created'
      token: { id: string; name: string; hash: string; scopes: string[]; projects: string[]; ends_at: number | null }
      by: string
    }
  | { type: 'token_revoked'; token: string; by: string }
  /** By the hash of the session's id. */
  | { type: 'session_ended'; session: string }
  | { type: 'admin_signed_in'; by: string }

/** Of the audit log: who did what, from where, on what, and what became of it. */
export type AuditEvent = {
  type: 'audited'
  what: string
  who: string
  from?: string | undefined
  on?: string | undefined
  result: 'done' | 'refused'
  details?: Record<string, string> | undefined
}

/** An entry as it is read; `at` in ms since 1970. */
export type Audited = {
  offset: number
  at: number
  who: string
  what: string
  on: string | undefined
  from: string | undefined
  result: 'done' | 'refused'
  details: Readonly<Record<string, string>>
}

/** Parts of `who` and `what`, and a result; empty ones ask for nothing. */
export type AuditQuery = { who: string; what: string; result: '' | 'done' | 'refused' }

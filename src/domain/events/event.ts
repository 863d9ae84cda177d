import { z } from 'zod'
import { ForeignId } from './names.ts'
import type { AccessEvent, AuditEvent, OwnEvent, RegistryEvent } from './own-event.ts'

const Text = z.string()
const Label = z.string().min(1).max(256)
const Count = z.number().nonnegative()
const Progress = z.number().min(0).max(1)

const AgentRef = { agent_id: ForeignId.nullish(), parent_agent_id: ForeignId.nullish() }
const StoryRef = { story_id: ForeignId.nullish() }

export const AGENT_STATUSES = ['working', 'needs_input', 'waiting', 'idle', 'failed', 'ended'] as const
const ACTIVITY_STATUSES = ['started', 'queued', 'progress', 'completed', 'failed'] as const
const COMMAND_STATUSES = ['started', 'progress', 'completed', 'failed', 'cancelled'] as const
export const CI_STATUSES = ['passed', 'failed', 'running', 'error'] as const
export const STATE_FILE_PROBLEMS = ['damaged', 'vanished', 'unreadable', 'too_large'] as const

const KNOWN = [
  z.looseObject({
    type: z.literal('workflow_transition'),
    new_state: Label,
    old_state: Label.nullish(),
    command: Label.nullish(),
    user: Label.nullish(),
    /** Set by this service: concluded from a snapshot, not reported as a transition. */
    inferred: z.boolean().optional(),
  }),
  z.looseObject({
    type: z.literal('tdd_transition'),
    story_id: ForeignId,
    new_state: Label,
    old_state: Label.nullish(),
    cycle_id: ForeignId.nullish(),
    inferred: z.boolean().optional(),
  }),
  z.looseObject({ type: z.literal('tdd_cycle_started'), story_id: ForeignId, cycle_id: ForeignId.nullish(), progress: Progress.nullish() }),
  z.looseObject({
    type: z.literal('tdd_progress_update'),
    story_id: ForeignId,
    cycle_id: ForeignId.nullish(),
    progress: Progress.nullish(),
  }),
  z.looseObject({
    type: z.literal('tdd_cycle_completed'),
    story_id: ForeignId,
    cycle_id: ForeignId.nullish(),
    completed_at: Text.nullish(),
    progress: Progress.nullish(),
  }),
  z.looseObject({
    type: z.literal('agent_activity'),
    agent_type: Label,
    action: Text.min(1),
    status: z.enum(ACTIVITY_STATUSES),
    tool: Label.nullish(),
    detail: z.unknown().optional(),
    ...StoryRef,
    ...AgentRef,
  }),
  z.looseObject({
    type: z.literal('agent_status'),
    status: z.enum(AGENT_STATUSES),
    reason: Text.nullish(),
    agent_type: Label.nullish(),
    ...StoryRef,
    ...AgentRef,
    agent_id: ForeignId,
  }),
  z.looseObject({ type: z.literal('parallel_status'), status_data: z.record(z.string(), z.unknown()) }),
  z.looseObject({
    type: z.literal('state_file'),
    file: z.string().min(1).max(512),
    mtime: z.string().max(64).nullish(),
    content: z.unknown().optional(),
    /** Set by this service: records cut from a file over the bound, oldest first. */
    dropped_records: Count.nullish(),
    dropped_open: Count.nullish(),
    /** Set by this service: first seen now, or restored to an older copy, so its time does not order it among reports. */
    anew: z.boolean().optional(),
    problem: z.enum(STATE_FILE_PROBLEMS).nullish(),
    detail: Text.nullish(),
  }),
  z.looseObject({
    type: z.literal('approval_requested'),
    approval_id: ForeignId,
    title: Text.min(1),
    kind: Label.nullish(),
    description: Text.nullish(),
    priority: Label.nullish(),
    agent_type: Label.nullish(),
    expires_at: Text.nullish(),
    ...StoryRef,
    ...AgentRef,
  }),
  z.looseObject({
    type: z.literal('approval_resolved'),
    approval_id: ForeignId,
    decision: z.enum(['allow', 'deny', 'withdrawn']),
    by: Label.nullish(),
    message: Text.nullish(),
  }),
  z.looseObject({
    type: z.literal('chat_message'),
    message: Text,
    user_id: Label.nullish(),
    message_type: z.enum(['user', 'system', 'bot', 'error']).nullish(),
    message_id: ForeignId.nullish(),
  }),
  z.looseObject({
    type: z.literal('command_execution'),
    command: Text.min(1),
    status: z.enum(COMMAND_STATUSES),
    command_id: ForeignId.nullish(),
    user_id: Label.nullish(),
    result: z.unknown().optional(),
  }),
  z.looseObject({
    type: z.literal('error_state'),
    error_message: Text,
    error_id: ForeignId.nullish(),
    error_type: Label.nullish(),
    severity: Label.nullish(),
    resolved: z.boolean().nullish(),
    ...StoryRef,
  }),
  z.looseObject({ type: z.literal('state_highlight'), highlight_id: ForeignId.nullish() }),
  z.looseObject({ type: z.literal('user_presence'), user_id: Label, action: Label }),
  z.looseObject({
    type: z.literal('usage'),
    model: Label.nullish(),
    input_tokens: Count.nullish(),
    output_tokens: Count.nullish(),
    cache_read_tokens: Count.nullish(),
    cost_usd: Count.nullish(),
    ...StoryRef,
    ...AgentRef,
  }),
  z.looseObject({
    type: z.literal('ci_status'),
    status: z.enum(CI_STATUSES),
    url: Text.nullish(),
    detail: Text.nullish(),
    ...StoryRef,
  }),
] as const

export const KnownEvent = z.discriminatedUnion('type', KNOWN)

export const ForeignEvent = z.looseObject({ type: z.templateLiteral(['x-', z.string().regex(/[A-Za-z0-9][A-Za-z0-9._-]{0,61}/)]) })

export type KnownEvent = z.infer<typeof KnownEvent>
export type ForeignEvent = z.infer<typeof ForeignEvent>

type Identified = { id: string; timestamp?: string | undefined }
type Numbered = Identified & { offset: number; received_at: number }

export type NewEvent = (KnownEvent | ForeignEvent | RegistryEvent | OwnEvent | AccessEvent | AuditEvent) & Identified

/** An event as the log returns it: numbered without holes, stamped in ms since 1970 by the log's clock, which never goes back. */
export type StoredEvent = (KnownEvent | ForeignEvent | RegistryEvent | OwnEvent | AccessEvent | AuditEvent) & Numbered

export type StoredEventOf<T extends KnownEvent['type']> = Extract<KnownEvent, { type: T }> & Numbered

import { z } from 'zod'
import { ForeignId } from './names.ts'
import type { OwnEvent, RegistryEvent } from './own-event.ts'

/** Text that a tool wrote: kept as it is up to its bound, escaped and stripped where it is shown. */
const Text = z.string()
const Label = z.string().min(1).max(256)
const Count = z.number().nonnegative()
const Progress = z.number().min(0).max(1)

const AgentRef = { agent_id: ForeignId.nullish(), parent_agent_id: ForeignId.nullish() }
const StoryRef = { story_id: ForeignId.nullish() }

export const AGENT_STATUSES = ['working', 'needs_input', 'waiting', 'idle', 'failed', 'ended'] as const
export const ACTIVITY_STATUSES = ['started', 'queued', 'progress', 'completed', 'failed'] as const
export const COMMAND_STATUSES = ['started', 'progress', 'completed', 'failed', 'cancelled'] as const
export const CI_STATUSES = ['passed', 'failed', 'running', 'error'] as const
export const STATE_FILE_PROBLEMS = ['damaged', 'vanished', 'unreadable', 'too_large'] as const

const KNOWN = [
  z.looseObject({
    type: z.literal('workflow_transition'),
    new_state: Label,
    old_state: Label.nullish(),
    command: Label.nullish(),
    user: Label.nullish(),
    /** Ours: concluded from a state that somebody told, not from a transition that somebody saw. */
    inferred: z.boolean().optional(),
  }),
  z.looseObject({
    type: z.literal('tdd_transition'),
    story_id: ForeignId,
    new_state: Label,
    old_state: Label.nullish(),
    cycle_id: ForeignId.nullish(),
    /** Ours, as above. */
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
    /** Path below .orch-state/, for instance `sprints/sprint-1.json`. */
    file: z.string().min(1).max(512),
    mtime: z.string().max(64).nullish(),
    /** What the file holds; null where it cannot be told, and `problem` says why. */
    content: z.unknown().optional(),
    /** Ours: how many records a file over the bound has lost, oldest first. */
    dropped_records: Count.nullish(),
    /** Ours: how many of these were of an open sprint, or worked on. */
    dropped_open: Count.nullish(),
    /** Ours: looked at for the first time, or set back to an older copy, so that its time says nothing about its place among reports. */
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
    /** True once the error no longer holds. */
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
    /** What failed, for instance the command. */
    detail: Text.nullish(),
    ...StoryRef,
  }),
] as const

export const KnownEvent = z.discriminatedUnion('type', KNOWN)

/** An event of somebody's own: stored and shown as it is. */
export const ForeignEvent = z.looseObject({ type: z.templateLiteral(['x-', z.string().regex(/[A-Za-z0-9][A-Za-z0-9._-]{0,61}/)]) })

export type KnownEvent = z.infer<typeof KnownEvent>
export type ForeignEvent = z.infer<typeof ForeignEvent>
export type EventType = KnownEvent['type'] | ForeignEvent['type']

type Identified = { id: string; timestamp?: string | undefined }
type Numbered = Identified & { offset: number; received_at: number }

/** What a source reports: the wire's own words, an id that names it once, and its own clock's text. The registry's log takes its own events. */
export type NewEvent = (KnownEvent | ForeignEvent | RegistryEvent | OwnEvent) & Identified

/** What the log returns: numbered without holes per project, stamped with the log's clock (ms since 1970, never going back). */
export type StoredEvent = (KnownEvent | ForeignEvent | RegistryEvent | OwnEvent) & Numbered

export type StoredEventOf<T extends KnownEvent['type']> = Extract<KnownEvent, { type: T }> & Numbered

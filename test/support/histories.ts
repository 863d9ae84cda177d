import * as fc from 'fast-check'
import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import { WORKFLOW_STATES } from '../../src/domain/project/workflow-machine.ts'
import { TDD_STATES } from '../../src/domain/project/tdd-machine.ts'

export type HistoryOptions = { seed?: number; count: number; stories?: number; agents?: number }

const PATH = ['IDLE', 'BACKLOG_READY', 'SPRINT_PLANNED', 'SPRINT_ACTIVE', 'SPRINT_REVIEW'] as const
const TOOLS = ['Bash', 'Edit', 'Read', 'Grep'] as const
const STARTED_AT = Date.UTC(2026, 10, 23, 20)

/** What a busy project reports, the same for the same seed: steps of cycles, tools of agents, sprints, usage, a question now and then. */
export function generateHistory({ seed = 1, count, stories = 40, agents = 8 }: HistoryOptions): NewEvent[] {
  const random = randomFrom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const phases = new Map<string, number>()
  let sprint = 0

  function step(): Record<string, unknown> {
    const story = `story-${below(stories)}`
    const phase = phases.get(story)
    phases.set(story, phase === undefined || phase === 4 ? 0 : phase + 1)
    const from = phase === undefined || phase === 4 ? null : TDD_STATES[phase]
    return { type: 'tdd_transition', story_id: story, old_state: from, new_state: TDD_STATES[phases.get(story) ?? 0] }
  }

  function work(): Record<string, unknown> {
    const agent = below(agents)
    const parent = agent > 0 && agent % 2 === 0 ? { parent_agent_id: `agent-${agent - 1}` } : {}
    const who = { agent_id: `agent-${agent}`, agent_type: 'CodeAgent', story_id: `story-${below(stories)}`, ...parent }
    const tool = TOOLS[below(TOOLS.length)]
    const status = random() < 0.5 ? 'started' : 'completed'
    return {
      type: 'agent_activity',
      ...who,
      action: 'task_execution',
      status,
      tool,
      detail: { command: `npm test -- --run part-${below(100)}` },
    }
  }

  function other(): Record<string, unknown> {
    const kind = below(20)
    if (kind === 0) {
      sprint = (sprint + 1) % PATH.length
      return { type: 'workflow_transition', old_state: PATH[(sprint + PATH.length - 1) % PATH.length], new_state: PATH[sprint] }
    }
    if (kind === 1) return { type: 'approval_requested', approval_id: `approval-${below(20)}`, title: 'Run `rm -rf build`?' }
    if (kind === 2) return { type: 'approval_resolved', approval_id: `approval-${below(20)}`, decision: 'allow', by: 'mara' }
    if (kind === 3) return { type: 'ci_status', status: random() < 0.8 ? 'passed' : 'failed' }
    if (kind < 8) return { type: 'chat_message', message: 'Hold on, staging is being restored.', user_id: 'mara', message_type: 'user' }
    return {
      type: 'usage',
      model: 'm',
      input_tokens: below(1000),
      output_tokens: below(500),
      cost_usd: 0.01,
      agent_id: `agent-${below(agents)}`,
    }
  }

  return Array.from({ length: count }, (_, index) => {
    const kind = random()
    const fields = kind < 0.35 ? step() : kind < 0.85 ? work() : other()
    return { ...fields, id: `event-${seed}-${index}`, timestamp: new Date(STARTED_AT + index * 250).toISOString() } as NewEvent
  })
}

/** Events as a log returns them: numbered from an offset on, one every `everyMs`. */
export function stored(events: readonly NewEvent[], { after = 0, at = STARTED_AT, everyMs = 250 } = {}): StoredEvent[] {
  return events.map((event, index) => ({ ...event, offset: after + index + 1, received_at: at + index * everyMs }))
}

function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const story = fc.constantFrom('story-1', 'story-2', 'story-3', 'ünï')
const cycle = fc.constantFrom(null, undefined, 'tdd-cycle-1', 'tdd-cycle-2')
const phase = fc.constantFrom(...TDD_STATES, 'somewhere')
const state = fc.constantFrom(...WORKFLOW_STATES, 'ERROR', 'PAUSED', 'ODD')
const agent = fc.constantFrom('a', 'b', 'a/sub', undefined)
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const of = (type: string, fields: Record<string, fc.Arbitrary<unknown>>) => fc.record({ type: fc.constant(type), ...fields })

const statusFile = fc.record({
  current_state: fc.oneof(state, fc.constant('WorkflowState.SPRINT_ACTIVE')),
  last_updated: fc.constantFrom('2026-11-23T20:00:00.1', '2026-11-23T20:30:00', '2030-01-01T00:00:00Z', 'garbage'),
  pending_approvals: fc.array(fc.constantFrom('file-1', 'file-2', 'approval-1'), { maxLength: 5 }),
  active_tasks: fc.array(fc.record({ id: fc.constantFrom('file-1', 'file-2'), status: fc.constant('TaskStatus.PENDING'), command: text })),
  tdd_cycles: fc.dictionary(story, fc.record({ current_state: phase })),
})
const backlogFile = fc.record({
  stories: fc.array(
    fc.record({ id: story, title: text, status: fc.constantFrom('done', 'StoryStatus.IN_PROGRESS'), sprint_id: fc.constant('sprint-1') }),
    { maxLength: 5 },
  ),
  sprints: fc.array(fc.record({ id: fc.constant('sprint-1'), goal: text, status: fc.constantFrom('active', 'completed') }), {
    maxLength: 2,
  }),
})
const cycleFile = fc.record({
  id: fc.constantFrom('tdd-cycle-1', 'tdd-cycle-3'),
  story_id: story,
  current_state: phase,
  completed_at: fc.constantFrom(null, '2026-11-23T20:00:00'),
})
const file = (name: string, content: fc.Arbitrary<unknown>) =>
  of('state_file', {
    file: fc.constant(name),
    mtime: fc.constantFrom(undefined, '2026-11-23T20:00:01.000Z', '2026-11-23T21:00:00.000Z'),
    content: fc.oneof({ weight: 9, arbitrary: content }, { weight: 1, arbitrary: fc.jsonValue() }),
  })

const anyEvent = fc.oneof(
  of('workflow_transition', {
    new_state: state,
    old_state: maybe(state),
    inferred: maybe(fc.boolean()),
    user: maybe(text),
    command: maybe(text),
  }),
  of('tdd_transition', { story_id: story, new_state: phase, old_state: maybe(phase), cycle_id: cycle, inferred: maybe(fc.boolean()) }),
  of('tdd_cycle_started', { story_id: story, cycle_id: cycle }),
  of('tdd_progress_update', { story_id: story, cycle_id: cycle, progress: fc.constantFrom(0, 0.5, 1, undefined) }),
  of('tdd_cycle_completed', { story_id: story, cycle_id: cycle }),
  of('agent_activity', {
    ...{
      agent_id: agent,
      agent_type: fc.constantFrom('CodeAgent', 'QAAgent'),
      parent_agent_id: maybe(fc.constantFrom('a', 'b')),
      story_id: maybe(story),
    },
    ...{
      action: text,
      status: fc.constantFrom('started', 'queued', 'progress', 'completed', 'failed'),
      tool: fc.constantFrom(undefined, 'Bash', 'Edit'),
    },
    detail: fc.oneof(text, fc.record({ command: text }), fc.constant(undefined)),
  }),
  of('agent_status', {
    agent_id: fc.constantFrom('a', 'b', 'a/sub'),
    status: fc.constantFrom('working', 'needs_input', 'waiting', 'idle', 'failed', 'ended'),
    parent_agent_id: maybe(fc.constantFrom('a', 'b')),
  }),
  of('parallel_status', { status_data: fc.dictionary(text, fc.jsonValue()) }),
  of('approval_requested', {
    approval_id: fc.constantFrom('approval-1', 'approval-2', 'file-1'),
    title: text,
    agent_id: agent,
    expires_at: maybe(fc.constant('2026-11-23T20:10:00Z')),
  }),
  of('approval_resolved', {
    approval_id: fc.constantFrom('approval-1', 'approval-2', 'file-1'),
    decision: fc.constantFrom('allow', 'deny', 'withdrawn'),
  }),
  of('chat_message', { message: text }),
  of('command_execution', {
    command: text,
    status: fc.constantFrom('started', 'completed', 'failed'),
    command_id: maybe(fc.constantFrom('c1', 'c2')),
  }),
  of('error_state', {
    error_message: text,
    error_id: maybe(fc.constantFrom('e1', 'e2')),
    severity: fc.constantFrom(undefined, 'warning', 'critical'),
    resolved: maybe(fc.boolean()),
  }),
  of('usage', { agent_id: agent, input_tokens: fc.nat(1000), cost_usd: fc.constantFrom(0.25, 0.5, undefined) }),
  of('ci_status', { status: fc.constantFrom('passed', 'failed', 'running', 'error') }),
  of('x-own', { anything: fc.jsonValue() }),
  file('status.json', statusFile),
  file('backlog.json', backlogFile),
  file(
    'sprints/sprint-1.json',
    fc.record({ id: fc.constant('sprint-1'), goal: text, status: fc.constantFrom('active', 'planned'), story_ids: fc.array(story) }),
  ),
  file('tdd_cycles/tdd-cycle-1.json', cycleFile),
  of('state_file', {
    file: fc.constantFrom('status.json', 'backlog.json'),
    content: fc.constant(null),
    problem: fc.constantFrom('damaged', 'vanished'),
  }),
)

/** Any history that a log can hold: numbered, stamped by a clock that never goes back, of every type and every file. */
export function historyArbitrary({ maxLength = 60 } = {}): fc.Arbitrary<StoredEvent[]> {
  const paused = fc.record({ fields: anyEvent, pauseMs: fc.constantFrom(0, 250, 70_000, 900_000) })
  return fc.array(paused, { minLength: 1, maxLength, size: 'max' }).map((entries) => {
    let at = STARTED_AT
    return entries.map(({ fields, pauseMs }, index) => {
      at += pauseMs
      return { ...fields, id: `event-${index}`, offset: index + 1, received_at: at } as StoredEvent
    })
  })
}

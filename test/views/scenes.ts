import type { StoredEvent } from '../../src/domain/events/event.ts'
import type { Project } from '../../src/domain/registry/project-registry.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { type ProjectSummary, summarize } from '../../src/domain/summary/project-summary.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { MINUTE, numbered, T0 } from '../support/told.ts'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'

/** The moment at which every scene is looked at. */
export const NOW = T0 + 60 * MINUTE

type Report = { type: string; at?: number } & Record<string, unknown>
export type Scene = { project: Project; events: StoredEvent[]; state: ProjectState; summary: ProjectSummary }

export function projectOf(name: string, over: Partial<Project> = {}): Project {
  return {
    name,
    path: undefined,
    status: 'active',
    priority: 'normal',
    description: '',
    owner: undefined,
    team: [],
    tags: [],
    gitUrl: undefined,
    orchestration: undefined,
    dependencies: [],
    limits: { parallelAgents: 3, parallelCycles: 2, memoryMb: 1024, diskMb: 2048, cpuPriority: 1 },
    workHours: undefined,
    privacy: 'open',
    origin: 'reported',
    ...over,
  }
}

export function sceneOf(name: string, reports: Report[], over: Partial<Project> = {}): Scene {
  const project = projectOf(name, over)
  const events = numbered(reports, emptyProject())
  const state = foldEvents(emptyProject(), events)
  return { project, events, state, summary: summarize({ project, state, epoch: 'k3j9x0ab', now: NOW, staleMinutes: 10 }) }
}

const ago = (minutes: number) => NOW - minutes * MINUTE
const workflow = (minutes: number, old_state: string, new_state: string, command?: string): Report => ({
  type: 'workflow_transition',
  at: ago(minutes),
  old_state,
  new_state,
  command,
})
const step = (minutes: number, story_id: string, old_state: string | null, new_state: string): Report => ({
  type: 'tdd_transition',
  at: ago(minutes),
  story_id,
  old_state,
  new_state,
})

/** Longer than a row has room for, with what matters at its end. */
export const COMMAND = `psql "$STAGING_URL" -f migrations/0042.sql ${'--set batch=500 '.repeat(20)}&& npm run seed:ledger -- --truncate --yes`

/** Every part of the page has something to show. */
export function busyScene(name = 'payments-api'): Scene {
  const backlog = {
    epics: [{ id: 'epic-1', title: 'Payments' }],
    stories: ['s-1', 's-2', 's-3'].map((id, index) => ({
      id,
      epic_id: 'epic-1',
      title: `Story ${id}`,
      priority: index + 1,
      status: index === 0 ? 'done' : 'sprint',
      sprint_id: 'sprint-1',
    })),
    sprints: [{ id: 'sprint-1', goal: 'Ledger', status: 'active', story_ids: ['s-1', 's-2', 's-3'], start_date: '2026-11-20' }],
  }
  return sceneOf(name, [
    workflow(50, 'IDLE', 'BACKLOG_READY', '/epic'),
    { type: 'state_file', at: ago(49), file: 'backlog.json', mtime: '2026-11-23T20:00:00Z', content: backlog },
    { type: 'state_file', at: ago(48), file: 'sprints/x.json', problem: 'damaged', detail: 'half a file', content: null },
    workflow(40, 'BACKLOG_READY', 'SPRINT_ACTIVE'),
    step(30, 's-1', null, 'design'),
    step(29, 's-1', 'design', 'commit'),
    step(25, 's-2', null, 'test_red'),
    step(20, 's-3', 'commit', 'test_red'),
    { type: 'agent_status', at: ago(19), agent_id: 'lead', agent_type: 'Orchestrator', status: 'waiting' },
    {
      type: 'agent_activity',
      at: ago(4),
      agent_id: 'code',
      parent_agent_id: 'lead',
      agent_type: 'CodeAgent',
      story_id: 's-2',
      action: 'test',
      tool: 'Bash',
      detail: 'npm test',
      status: 'started',
    },
    { type: 'usage', at: ago(3.5), agent_id: 'code', input_tokens: 180_000, output_tokens: 24_000, cost_usd: 1.36 },
    { type: 'error_state', at: ago(3), error_id: 'e', error_message: 'disk is nearly full', severity: 'warning' },
    {
      type: 'approval_requested',
      at: ago(2),
      approval_id: 'appr-1',
      title: 'run a command on staging',
      kind: 'command',
      description: COMMAND,
      agent_type: 'QAAgent',
      agent_id: 'qa',
      story_id: 's-3',
    },
    { type: 'parallel_status', at: ago(1), status_data: { cycle_summary: { active_cycles: 2 }, active_cycles: [1, 2] } },
  ])
}

/** Nothing was ever reported. */
export const blankScene = (): Scene => sceneOf('blank', [])

/** Markup, terminal codes, direction marks, and more text than anybody reads, in every field that a reporter can set. */
export const HOSTILE = `\u001b[31m<script>alert(1)</script><img src=x onerror=alert(1)>"'\` \u202Egnp.exe\u0007 ${'A'.repeat(3000)}END`
const LABEL = HOSTILE.slice(0, 200)

export function hostileScene(): Scene {
  const id = `"><img onerror=alert(1)> 'a b#c.d:e`
  const reports: Report[] = [
    { ...workflow(30, 'IDLE', LABEL, LABEL), user: LABEL },
    { ...workflow(29, 'SPRINT_REVIEW', 'IDLE'), user: LABEL },
    { ...workflow(28, 'IDLE', '<i>ODD</i>'), user: LABEL },
    step(27, id, LABEL, '<u>odd</u>'),
    { type: 'tdd_progress_update', at: ago(26), story_id: id, progress: 0.5 },
    { type: 'agent_status', at: ago(25), agent_id: id, agent_type: LABEL, status: 'needs_input', reason: HOSTILE, story_id: id },
    {
      type: 'agent_activity',
      at: ago(24),
      agent_id: `${id}2`,
      parent_agent_id: id,
      agent_type: LABEL,
      action: HOSTILE,
      tool: LABEL,
      detail: { [LABEL]: HOSTILE },
      status: 'failed',
      story_id: id,
    },
    { type: 'agent_activity', at: ago(23), agent_type: LABEL, action: HOSTILE, detail: HOSTILE, status: 'started' },
    { type: 'approval_requested', at: ago(22), approval_id: id, title: HOSTILE, kind: LABEL, description: HOSTILE, agent_type: LABEL },
    { type: 'approval_requested', at: ago(21), approval_id: 'b', title: `run \`${HOSTILE.replaceAll('`', '')}\``, priority: LABEL },
    { type: 'approval_resolved', at: ago(20), approval_id: `${id}3`, decision: 'deny', by: LABEL, message: HOSTILE },
    { type: 'chat_message', at: ago(19), message: HOSTILE, user_id: LABEL },
    { type: 'command_execution', at: ago(18), command: HOSTILE, status: 'failed', result: HOSTILE, user_id: LABEL },
    { type: 'error_state', at: ago(17), error_message: HOSTILE, error_type: LABEL, severity: 'critical' },
    { type: 'user_presence', at: ago(16), user_id: LABEL, action: LABEL },
    { type: 'usage', at: ago(15), model: LABEL, agent_id: id, input_tokens: 1e15, cost_usd: 1e12 },
    { type: 'ci_status', at: ago(14), status: 'failed', url: 'javascript:alert(1)', story_id: id },
    { type: 'parallel_status', at: ago(13), status_data: { [LABEL]: { [LABEL]: HOSTILE, list: [HOSTILE] } } },
    { type: 'state_file', at: ago(12), file: LABEL, problem: 'damaged', detail: HOSTILE, content: null },
    { type: 'x-<script>alert(1)</script>', at: ago(11), [LABEL]: HOSTILE },
    {
      type: 'state_file',
      at: ago(10),
      file: 'backlog.json',
      mtime: LABEL,
      content: {
        epics: [{ id: LABEL, title: HOSTILE }],
        stories: [{ id, epic_id: LABEL, title: HOSTILE, status: LABEL, test_status: LABEL, ci_status: LABEL, sprint_id: LABEL }],
        sprints: [{ id: LABEL, goal: HOSTILE, status: 'active', story_ids: [id], start_date: LABEL, end_date: LABEL }],
      },
    },
  ]
  return sceneOf('hostile', reports, { description: HOSTILE, tags: [LABEL], status: 'maintenance' })
}

/** One project in each of the ten words. */
export function everyWord(): Scene[] {
  const active = workflow(45, 'SPRINT_PLANNED', 'SPRINT_ACTIVE')
  const status = (minutes: number, word: string): Report => ({
    type: 'agent_status',
    at: ago(minutes),
    agent_id: 'a',
    agent_type: 'CodeAgent',
    status: word,
  })
  const story = { epics: [], stories: [{ id: 's', title: 'S', status: 'done', sprint_id: 'sp' }] }
  const doneFile = { ...story, sprints: [{ id: 'sp', goal: 'Done', status: 'active', story_ids: ['s'] }] }
  return [
    sceneOf('asks', [{ type: 'approval_requested', at: ago(3), approval_id: 'q', title: 'Which version?', agent_type: 'DesignAgent' }]),
    sceneOf('blocked', [workflow(8, 'SPRINT_ACTIVE', 'BLOCKED')]),
    sceneOf('failed', [active, status(6, 'failed')]),
    sceneOf('review', [workflow(18, 'SPRINT_ACTIVE', 'SPRINT_REVIEW')]),
    sceneOf('silent', [active, status(23, 'working')]),
    sceneOf('works', [active, status(1, 'working')]),
    sceneOf('waits', [active, status(1, 'waiting')]),
    sceneOf('paused', [workflow(9, 'SPRINT_ACTIVE', 'SPRINT_PAUSED')]),
    sceneOf('idle', [workflow(9, 'SPRINT_REVIEW', 'IDLE')]),
    sceneOf('done', [active, { type: 'state_file', at: ago(5), file: 'backlog.json', mtime: 'x', content: doneFile }]),
  ]
}

export function linkOf(over: Partial<LinkHealth> = {}): LinkHealth {
  return {
    name: 'local',
    url: 'ws://localhost:8080',
    state: 'connected',
    since: ago(5),
    attempts: 0,
    nextAttemptAt: undefined,
    lastFrameAt: ago(0.1),
    framesTotal: 12,
    refused: 0,
    tooOld: 0,
    errorAnswers: 0,
    framesWaiting: 0,
    lastProblem: undefined,
    droppedProjects: [],
    ...over,
  }
}

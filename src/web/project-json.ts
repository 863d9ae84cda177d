import { openQuestions } from '../domain/project/approval.ts'
import type { Agent, ProjectState, Transition } from '../domain/project/project-state.ts'
import { agentWordAt, type Looked } from '../domain/project/words-at.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'
import type { ProjectView } from '../projection/projections.ts'
import { isoTime } from '../domain/events/stated-time.ts'

export const isoOrNull = (at: number | undefined) => (at === undefined ? null : isoTime(at))

export function projectJson(project: Project, summary: ProjectSummary | undefined) {
  return {
    name: project.name,
    path: project.path ?? null,
    status: project.status,
    priority: project.priority,
    description: project.description,
    owner: project.owner ?? null,
    team: project.team,
    tags: project.tags,
    git_url: project.gitUrl ?? null,
    orchestration: project.orchestration ?? null,
    dependencies: project.dependencies.map((one) => ({
      target_project: one.project,
      dependency_type: one.type,
      criticality: one.criticality ?? null,
    })),
    resource_limits: {
      max_parallel_agents: project.limits.parallelAgents,
      max_parallel_cycles: project.limits.parallelCycles,
      max_memory_mb: project.limits.memoryMb,
      max_disk_mb: project.limits.diskMb,
      cpu_priority: project.limits.cpuPriority,
    },
    work_hours: project.workHours ?? null,
    privacy: project.privacy,
    attention: summary ? attentionJson(summary) : null,
    workflow_state: summary?.workflowState ?? null,
    position: summary ? `${summary.epoch}:${summary.offset}` : null,
    last_event_at: isoOrNull(summary?.lastEventAt),
  }
}

function attentionJson({ attention }: ProjectSummary) {
  const { word, reason, evidence, since, waitingSince } = attention
  return { word, reason, evidence: evidence ?? null, since: isoOrNull(since), waiting_since: isoOrNull(waitingSince) }
}

/** A project's state in the terms of the wire. */
export function stateJson(project: string, { epoch, state }: ProjectView, looked: Looked) {
  const questions = openQuestions(state, looked.now)
  return {
    project_name: project,
    epoch,
    offset: state.offset,
    state: {
      workflow_state: state.workflow.state,
      workflow_since: isoOrNull(state.workflow.enteredAt),
      orchestration_mode: state.orchestrationMode ?? null,
      tdd_cycles: cyclesJson(state),
      transition_history: state.transitions.map(transitionJson),
      pending_approvals: questions.open.map((approval) => ({
        approval_id: approval.approvalId,
        title: approval.title,
        kind: approval.kind ?? null,
        description: approval.description ?? null,
        // With many open questions the texts are shortened; the event at this offset has them in full.
        ...(approval.isShortened ? { is_shortened: true, offset: approval.offset } : {}),
        story_id: approval.storyId ?? null,
        requested_at: isoOrNull(approval.requestedAt),
        expires_at: isoOrNull(approval.expiresAt),
      })),
      pending_approvals_total: questions.count,
      agents: agentsJson(state, looked),
    },
  }
}

/** Built from entries, because a story may be named like a property of Object. */
function cyclesJson(state: ProjectState) {
  return Object.fromEntries(
    [...state.cycles.values()].map((cycle) => [
      cycle.storyId,
      {
        state: cycle.state,
        cycle_id: cycle.cycleId ?? null,
        last_updated: isoOrNull(cycle.enteredAt),
        progress: cycle.progress ?? null,
        completed_at: isoOrNull(cycle.completedAt),
      },
    ]),
  )
}

function agentsJson(state: ProjectState, looked: Looked) {
  return [...state.agents.values()].map((agent) => ({
    agent_id: agent.agentId,
    agent_type: agent.agentType,
    parent_agent_id: agent.parentId ?? null,
    story_id: agent.storyId ?? null,
    status: agent.status,
    attention: attentionOf(agent, looked),
    since: isoOrNull(agent.since),
    action: agent.action ?? null,
    tool: agent.tool?.name ?? null,
    last_event_at: isoOrNull(agent.lastEventAt),
  }))
}

function attentionOf(agent: Agent, looked: Looked) {
  const { word } = agentWordAt(agent, looked)
  return word === 'ended' ? 'done' : word
}

const transitionJson = (transition: Transition) => ({
  offset: transition.offset,
  machine: transition.machine,
  story_id: transition.storyId ?? null,
  old_state: transition.from ?? null,
  new_state: transition.to,
  timestamp: transition.timestamp ?? null,
  received_at: isoOrNull(transition.at),
  source: transition.source,
  unexpected: transition.isUnexpected,
})

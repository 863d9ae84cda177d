import type { Project } from '../domain/registry/project-registry.ts'
import type { ProjectSummary } from '../domain/summary/project-summary.ts'

/** An instant as the API tells it. */
export const isoTime = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString())

/** A project as lists and single answers tell it. */
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
    attention: summary ? attentionJson(summary) : null,
    workflow_state: summary?.workflowState ?? null,
    position: summary ? `${summary.epoch}:${summary.offset}` : null,
    last_event_at: isoTime(summary?.lastEventAt),
  }
}

function attentionJson({ attention }: ProjectSummary) {
  const { word, reason, evidence, since, waitingSince } = attention
  return { word, reason, evidence: evidence ?? null, since: isoTime(since), waiting_since: isoTime(waitingSince) }
}

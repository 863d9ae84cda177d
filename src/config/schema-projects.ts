import { z } from 'zod'
import { projectNameProblem } from '../domain/events/names.ts'
import { LIFECYCLES, PRIORITIES, PRIVACIES } from '../domain/registry/project-registry.ts'
import { isRepositoryAddress, WorkHoursSettings } from '../domain/registry/setting-values.ts'
import { amount, ignoredKeys, text } from './schema-values.ts'

export const ProjectName = z.string().superRefine((name, context) => {
  const problem = projectNameProblem(name)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const shortTexts = (description: string) => z.array(text(200)).max(100).optional().describe(description)

const Dependency = z.strictObject({
  target_project: z.string().describe('The project that this one depends on.'),
  dependency_type: z.enum(['blocks', 'enhances', 'integrates_with']).optional().describe('Default blocks.'),
  criticality: text(64).optional().describe('How much hangs on it, in words.'),
  ...ignoredKeys('description'),
})

const ORCHESTRATION = ['blocking', 'partial', 'autonomous'] as const

const project = {
  path: z.string().min(1).max(4096).describe("The project's folder. A relative one starts from this file's folder; ~ is the home folder."),
  status: z.enum(LIFECYCLES).optional().describe('Where the project is in its life. Default active.'),
  priority: z.enum(PRIORITIES).optional().describe('Default normal.'),
  description: text(2000).optional().describe('What it is, in a sentence.'),
  git_url: text(2048)
    .refine(isRepositoryAddress, 'must be an address of http, https, ssh or git, or user@host:path')
    .optional()
    .describe('Where its source is ignoredKeys.'),
  owner: text(200).optional().describe('Who answers for it.'),
  team: shortTexts('Who works on it.'),
  tags: shortTexts('Words to find it by.'),
  orchestration: z.enum(ORCHESTRATION).optional().describe('How much its orchestrator does unasked.'),
  mode: z.enum(ORCHESTRATION).optional().describe('The same as orchestration.'),
  resource_limits: z
    .strictObject({
      max_parallel_agents: amount('Default 3.'),
      max_parallel_cycles: amount('Default 2.'),
      max_memory_mb: amount('In MiB. Default 1024.'),
      max_disk_mb: amount('In MiB. Default 2048.'),
      cpu_priority: z.number().positive().optional().describe('Default 1.0.'),
    })
    .optional()
    .describe('Shown, never enforced.'),
  privacy: z
    .enum(PRIVACIES)
    .optional()
    .describe('metadata_only: who may not act on it sees states and figures, no prompts, tool calls, contents or questions. Default open.'),
  work_hours: WorkHoursSettings.optional().describe('When people are there.'),
  dependencies: z.array(Dependency).max(1000).optional().describe('Projects of this file that this one depends on; they form no circle.'),
  ...ignoredKeys('ai_settings', 'created_at', 'discord_channel', 'last_activity', 'slack_channel', 'version'),
}

export const MappedProject = z.strictObject({ ...project, name: z.string().optional().describe('The key already names the project.') })
export const ListedProject = z.strictObject({ ...project, name: ProjectName })

export const ProjectMap = z.record(ProjectName, MappedProject)
export type ProjectSettings = z.infer<typeof MappedProject>

export type ProjectSection = { name: string; path: PropertyKey[]; namePath: PropertyKey[]; settings: ProjectSettings | undefined }

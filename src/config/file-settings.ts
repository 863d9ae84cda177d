import type { z } from 'zod'
import { nearestWord } from '../domain/nearest-word.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { OrchestratorConfig } from './config.ts'
import { type Findings, noteUnknownKey, readSection } from './findings.ts'
import { showValue } from './problem.ts'
import type { ConfigFile } from './read-file.ts'
import { readOrchestrators } from './read-orchestrators.ts'
import { readProjects } from './read-projects.ts'
import { AllowRemoval, GlobalSettings, MappedFile, Security, WebInterface } from './schema.ts'
import { isRecord } from '../domain/events/loose-fields.ts'

export type FileSettings = {
  global: z.infer<typeof GlobalSettings>
  web: z.infer<typeof WebInterface>
  security: z.infer<typeof Security>
  projects: Project[]
  allowRemoval: boolean
  orchestrators: OrchestratorConfig[]
}

export const NO_FILE: FileSettings = { global: {}, web: {}, security: {}, projects: [], allowRemoval: false, orchestrators: [] }

/** Reads every section by itself, so that one error does not hide the next. */
export function readFileSettings(file: ConfigFile, findings: Findings): FileSettings {
  const root = file.value
  if (!isRecord(root)) {
    findings.problems.push(file.problem([], `expected sections such as projects: and orchestrators:, got ${showValue(root)}`))
    return NO_FILE
  }
  const sections = Object.keys(MappedFile.shape)
  for (const key of Object.keys(root)) {
    if (!sections.includes(key)) noteUnknownKey({ file, path: [key], findings }, nearestWord(key, sections))
  }
  const section = <Output>(key: string, schema: z.ZodType<Output>) => readSection(schema, root[key] ?? {}, { file, path: [key], findings })
  const web = section('web_interface', WebInterface) ?? {}
  const security = section('security', Security) ?? {}
  const { projects, names } = readProjects(file, root.projects ?? {}, findings)
  const orchestrators = readOrchestrators(file, root.orchestrators ?? {}, { names, findings })
  const allowRemoval = readAllowRemoval(file, root.allow_removal, findings)
  if (Object.keys(root).length === 0) findings.warnings.push(file.problem([], EMPTY))
  const global = bothGlobals(section('global', GlobalSettings) ?? {}, section('global_settings', GlobalSettings) ?? {})
  return { global, web, security, projects, allowRemoval, orchestrators }
}

const EMPTY = 'is empty: a service that runs with projects of this file keeps them, and refuses to reload it'
const REMOVES = 'stands: whatever this file no longer lists is archived, however much it is; take it out once that is done'

function readAllowRemoval(file: ConfigFile, value: unknown, findings: Findings): boolean {
  if (value === undefined) return false
  const parsed = AllowRemoval.safeParse(value)
  if (!parsed.success) findings.problems.push(file.problem(['allow_removal'], `expected true or false, got ${showValue(value)}`))
  else if (parsed.data) findings.warnings.push(file.problem(['allow_removal'], REMOVES))
  return parsed.data ?? false
}

type Global = z.infer<typeof GlobalSettings>

/** global_settings wins over its alias; of two limits the larger counts. */
function bothGlobals(one: Global, other: Global): Global {
  const larger = (key: LimitKey) => Math.max(one[key] ?? 0, other[key] ?? 0) || undefined
  return {
    ...one,
    ...other,
    max_parallel_projects: larger('max_parallel_projects'),
    max_concurrent_projects: larger('max_concurrent_projects'),
    max_total_agents: larger('max_total_agents'),
    resource_limits: other.resource_limits ?? one.resource_limits,
  }
}

type LimitKey = 'max_parallel_projects' | 'max_concurrent_projects' | 'max_total_agents'

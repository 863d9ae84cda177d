import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { LIFECYCLES, PRIORITIES, PRIVACIES } from '../domain/registry/project-registry.ts'
import { isRepositoryAddress, withoutCredentials, workHoursOf, WorkHoursSettings } from '../domain/registry/setting-values.ts'
import { RefusedError } from '../domain/refused.ts'

const text = (limit: number) => z.string().max(limit)
const words = z.array(text(200).min(1)).max(100)
const amount = z.int().min(0).max(1_000_000_000)

/** Names and limits as in the configuration file; null removes an optional setting. */
const Settings = z.strictObject({
  path: text(4096).refine(isAbsolute, 'must be an absolute path').nullable(),
  status: z.enum(LIFECYCLES),
  priority: z.enum(PRIORITIES),
  description: text(2000),
  owner: text(200).nullable(),
  team: words,
  tags: words,
  git_url: text(2048).refine(isRepositoryAddress, 'must be an address of http, https, ssh or git, or user@host:path').nullable(),
  orchestration: z.enum(['blocking', 'partial', 'autonomous']).nullable(),
  dependencies: z
    .array(
      z.strictObject({
        target_project: text(63),
        dependency_type: z.enum(['blocks', 'enhances', 'integrates_with']).default('blocks'),
        criticality: text(64).nullish(),
      }),
    )
    .max(1000),
  resource_limits: z.strictObject({
    max_parallel_agents: amount.default(3),
    max_parallel_cycles: amount.default(2),
    max_memory_mb: amount.default(1024),
    max_disk_mb: amount.default(2048),
    cpu_priority: z.number().positive().default(1),
  }),
  privacy: z.enum(PRIVACIES),
  work_hours: WorkHoursSettings.nullable(),
})

const Changes = Settings.partial()
const Registration = Changes.extend({ name: z.string() })

/** The settings of a PATCH as a registry event has them; refuses the first wrong field. */
export function readChanges(body: string): Record<string, unknown> {
  return settingsOf(parse(Changes, body))
}

export function readRegistration(body: string): { name: string; settings: Record<string, unknown> } {
  const { name, ...settings } = parse(Registration, body)
  return { name, settings: settingsOf(settings) }
}

function settingsOf({
  git_url,
  dependencies,
  resource_limits: limits,
  work_hours: hours,
  ...same
}: z.infer<typeof Changes>): Record<string, unknown> {
  return {
    ...same,
    ...(git_url === undefined ? {} : { gitUrl: git_url === null ? null : withoutCredentials(git_url) }),
    ...(hours === undefined ? {} : { workHours: hours && workHoursOf(hours) }),
    ...(dependencies === undefined ? {} : { dependencies: dependencies.map(dependencyOf) }),
    ...(limits === undefined
      ? {}
      : {
          limits: {
            parallelAgents: limits.max_parallel_agents,
            parallelCycles: limits.max_parallel_cycles,
            memoryMb: limits.max_memory_mb,
            diskMb: limits.max_disk_mb,
            cpuPriority: limits.cpu_priority,
          },
        }),
  }
}

type Dependency = NonNullable<z.infer<typeof Changes>['dependencies']>[number]

const dependencyOf = ({ target_project, dependency_type, criticality }: Dependency) => ({
  project: target_project,
  type: dependency_type,
  ...(criticality ? { criticality } : {}),
})

function parse<T>(schema: z.ZodType<T>, body: string): T {
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch (error) {
    throw new RefusedError('VALIDATION_ERROR', `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  const reason = issue?.code === 'unrecognized_keys' ? 'is not a setting of a project' : (issue?.message ?? 'does not fit')
  throw new RefusedError('VALIDATION_ERROR', field === '' ? `the body must be an object of settings: ${reason}` : `${field}: ${reason}`, {
    field,
  })
}

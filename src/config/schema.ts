import { z } from 'zod'
import { RateLimitSettings } from './rate-limits.ts'
import { readPolicyLine, unknownRoles } from '../domain/policy-line.ts'
import { AUTH_MODES } from './auth.ts'
import { Orchestrators } from './schema-orchestrators.ts'
import { JwtSettings, OidcSettings, ProxySettings } from './schema-providers.ts'
import { ProjectMap } from './schema-projects.ts'
import { AddressRange, amount, HostName, ignoredKeys, MetricsToken, Origin, Port, PublicUrl } from './schema-values.ts'

export const GlobalSettings = z
  .strictObject({
    stale_minutes: z
      .number()
      .positive()
      .max(24 * 60)
      .optional()
      .describe('Minutes of silence after which something at work is shown as stale. Default 10.'),
    retention_days: z
      .int()
      .min(0)
      .max(36_500)
      .optional()
      .describe('Days for which events are ignoredKeys; 0 keeps them for good. Default 30.'),
    retention_events: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .refine((events) => events === 0 || events >= 1_000, 'must be 1000 or more, or 0 for all')
      .optional()
      .describe('Events of one project that are ignoredKeys, the newest; 0 keeps all. Default 2000000.'),
    max_parallel_projects: amount('Projects that may be worked on at once. Shown; of both names the larger counts.'),
    max_concurrent_projects: amount('The same as max_parallel_projects.'),
    max_total_agents: amount('Agents at work at once, over all projects. Shown.'),
    resource_limits: z
      .strictObject({
        max_memory_mb: amount('Memory for all projects together, in MiB. Shown.'),
        max_disk_mb: amount('Disk for all projects together, in MiB. Shown.'),
      })
      .optional(),
    global_memory_limit_gb: z.number().positive().optional().describe('The same as resource_limits.max_memory_mb, in GiB.'),
    global_disk_limit_gb: z.number().positive().optional().describe('The same as resource_limits.max_disk_mb, in GiB.'),
    global_cpu_cores: z.number().positive().optional().describe('Cores for all projects together. Shown.'),
    ...ignoredKeys(
      'alert_channels',
      'backup_retention_days',
      'enable_audit_logging',
      'enable_cloud_backup',
      'enable_cross_project_insights',
      'enable_knowledge_sharing',
      'enable_pattern_learning',
      'enable_project_isolation',
      'global_discord_guild',
      'global_state_path',
      'health_check_interval_seconds',
      'monitoring_webhook_url',
      'resource_allocation_strategy',
      'resource_rebalance_interval_seconds',
      'scheduling_interval_seconds',
      'secret_management_provider',
    ),
  })
  .describe('What holds for all projects. Limits are shown and compared; the service runs no projects and enforces none.')

export const WebInterface = z
  .strictObject({
    host: HostName.optional().describe('The address to listen on. HOST and --host come before it. Default localhost.'),
    port: Port.optional().describe('The port to listen on. PORT and --port come before it. Default 5000.'),
    public_url: PublicUrl.optional().describe('The address that people use. PUBLIC_URL comes before it. Default: what each request names.'),
    debug: z.boolean().optional().describe('Detailed logs and restarts on change. DEBUG and --debug come before it. Off in production.'),
    auto_reload: z.boolean().optional().describe('Restart when the program or this file changes. Default: as debug. Off in production.'),
    workers: z.int().min(1).max(256).optional().describe('Worker processes that share the port. WORKERS comes before it. Default 1.'),
  })
  .describe('Where and how the pages are served.')

const SecretPattern = z
  .string()
  .min(1)
  .max(1000)
  .superRefine((pattern, context) => {
    const problem = patternProblem(pattern)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

const PolicyLines = z
  .array(z.string())
  .max(2_000)
  .superRefine((texts, context) => {
    const read = texts.map(readPolicyLine)
    const say = (index: number, message: string) => context.addIssue({ code: 'custom', path: [index], message })
    for (const [index, line] of read.entries()) if ('fault' in line) say(index, line.fault)
    for (const { index, fault } of unknownRoles(read.map((line) => ('line' in line ? line.line : undefined)))) say(index, fault)
  })

export const Security = z
  .strictObject({
    policy: PolicyLines.optional().describe(
      'Who may do what, in lines: p, SUBJECT, ACTION, PROJECTS, allow or deny; and g, SUBJECT, ROLE[, PROJECTS]. They add to the roles viewer, operator and admin; deny wins.',
    ),
    auth: z.enum(AUTH_MODES).optional().describe('Who is let in: open, token, oidc or proxy. AUTH comes before it.'),
    oidc: OidcSettings.optional(),
    proxy: ProxySettings.optional(),
    jwt: JwtSettings.optional(),
    allowed_origins: z.array(Origin).max(100).optional().describe('Other sites whose pages may call the API and open websockets.'),
    trusted_proxies: z
      .array(AddressRange)
      .max(100)
      .optional()
      .describe('Proxies whose X-Forwarded-For, -Proto and -Host count. TRUSTED_PROXIES comes before it. Default 127.0.0.0/8 and ::1.'),
    redact_secrets: z
      .boolean()
      .optional()
      .describe('Keys, tokens and passwords in reports are replaced before they are stored. Default true.'),
    secret_patterns: z.array(SecretPattern).max(100).optional().describe('More regular expressions; what one matches is replaced as well.'),
    csrf_protection: z
      .boolean()
      .optional()
      .describe('Whether what signed-in browsers change needs the token of a page. CSRF_PROTECTION comes before it. Default true.'),
    metrics_token: MetricsToken.optional().describe('What scrapers of /metrics send as a bearer token. METRICS_TOKEN comes before it.'),
    rate_limiting: z
      .boolean()
      .optional()
      .describe('Whether requests of each client are limited. RATE_LIMITING comes before it. Default true.'),
    rate_limits: RateLimitSettings.optional(),
  })
  .describe('Who may call.')

export const AllowRemoval = z
  .boolean()
  .describe(
    'Whether this file may leave out all projects that it listed before, or more than half of ten or more: they are archived then. Without it such a file is refused, for one that was emptied or cut off looks the same. Default false.',
  )

const sections = {
  allow_removal: AllowRemoval.optional(),
  global: GlobalSettings.optional(),
  global_settings: GlobalSettings.optional().describe('The same as global; where both name a setting, this one counts.'),
  web_interface: WebInterface.optional(),
  security: Security.optional(),
  orchestrators: Orchestrators.optional(),
}

export const MappedFile = z.strictObject({ ...sections, projects: ProjectMap.optional() })

function patternProblem(pattern: string): string | undefined {
  try {
    return new RegExp(pattern).test('') ? 'matches where nothing is, and so would match everywhere' : undefined
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message : String(error)}`
  }
}

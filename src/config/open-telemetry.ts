import { z } from 'zod'
import type { OpenTelemetryConfig, Sampler } from './config.ts'
import type { Findings } from './findings.ts'
import type { ReadVariables } from './problem.ts'
import { secret } from './secret.ts'

const OTLP_PROTOCOLS = ['http/protobuf', 'http/json'] as const
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

const DEFAULT_INTERVAL_MS = 60_000

const Endpoint = z.string().transform((text, context) => {
  const url = URL.parse(text)
  const isUsable = url !== null && ['http:', 'https:'].includes(url.protocol)
  // The value is not repeated: it may hold a password.
  if (!isUsable) context.addIssue({ code: 'custom', message: 'must be an address such as http://collector:4318' })
  else if (url.username !== '' || url.password !== '')
    context.addIssue({ code: 'custom', message: 'must hold no user and password; put credentials into OTEL_EXPORTER_OTLP_HEADERS' })
  else return url
  return z.NEVER
})

/** `key=value` pairs, comma-separated and percent-encoded, as OpenTelemetry specifies. */
const pairs = (key: RegExp) =>
  z.string().transform((text, context) => {
    const found = new Map<string, string>()
    for (const part of text.split(',').filter((one) => one.trim() !== '')) {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? []
      const decoded = decodedValue(value.trim())
      if (key.test(name.trim()) && decoded !== undefined) found.set(name.trim(), decoded)
      // Nor is this: it may be a token.
      else context.addIssue({ code: 'custom', message: 'must be name=value, or several separated by commas' })
    }
    return found
  })

function decodedValue(value: string): string | undefined {
  try {
    const text = decodeURIComponent(value)
    return /^[^\0-\x08\x0a-\x1f\x7f]*$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

const exporter = (description: string) => z.enum(['otlp', 'none']).optional().describe(description)

export const OPEN_TELEMETRY_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Endpoint.optional().describe(
    'An OTLP collector for traces and metrics: http://collector:4318. Default none.',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Endpoint.optional().describe('The whole address for traces, where it is another.'),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: Endpoint.optional().describe('The whole address for metrics, where it is another.'),
  OTEL_EXPORTER_OTLP_HEADERS: pairs(/^[\w!#$%&'*+.^`|~-]{1,100}$/)
    .optional()
    .describe('Headers for the collector: name=value, separated by commas. Secret.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .string()
    .regex(/^http\/(protobuf|json)$/, 'must be http/protobuf or http/json: grpc is not available, and collectors take these at port 4318')
    .pipe(z.enum(OTLP_PROTOCOLS))
    .optional()
    .describe('http/protobuf (default) or http/json; grpc is not available.'),
  OTEL_TRACES_EXPORTER: exporter('none: no traces. Default otlp.'),
  OTEL_METRICS_EXPORTER: exporter('none: no metrics over OTLP. Default otlp.'),
  OTEL_SERVICE_NAME: z.string().max(255).optional().describe('What traces and metrics call the service. Default visualizer.'),
  OTEL_RESOURCE_ATTRIBUTES: pairs(/^[^\s,=]{1,255}$/)
    .optional()
    .describe('What else they say of it: name=value, separated by commas.'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .optional()
    .describe(`Which traces are kept: ${SAMPLERS.join(', ')}. Default parentbased_always_on.`),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^\d{0,3}(\.\d{1,20})?$/, 'must be a number from 0 to 1')
    .transform(Number)
    .pipe(z.number().min(0).max(1))
    .optional()
    .describe('The share of traces that a ratio sampler keeps, 0 to 1. Default 1.'),
  OTEL_METRIC_EXPORT_INTERVAL: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(100).max(86_400_000))
    .optional()
    .describe('ms between two exports of metrics. Default 60000.'),
  OTEL_SDK_DISABLED: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .describe('true: neither traces nor metrics over OTLP.'),
}

type OtelVariables = z.infer<z.ZodObject<typeof OPEN_TELEMETRY_VARIABLES>>

/** Where traces and metrics go; undefined: nowhere. */
export function readOpenTelemetry({ given, problem }: ReadVariables<OtelVariables>, findings: Findings): OpenTelemetryConfig | undefined {
  const traces = given.OTEL_TRACES_EXPORTER === 'none' ? undefined : endpoint(given, 'traces')
  const metrics = given.OTEL_METRICS_EXPORTER === 'none' ? undefined : endpoint(given, 'metrics')
  if (given.OTEL_TRACES_SAMPLER_ARG !== undefined && !given.OTEL_TRACES_SAMPLER?.endsWith('ratio')) {
    findings.warnings.push(
      problem('OTEL_TRACES_SAMPLER_ARG', 'is not used without OTEL_TRACES_SAMPLER=traceidratio or parentbased_traceidratio'),
    )
  }
  if (given.OTEL_SDK_DISABLED === true || (traces === undefined && metrics === undefined)) return undefined
  return {
    traces: traces === undefined ? undefined : { url: traces, sampler: sampler(given) },
    metrics: metrics === undefined ? undefined : { url: metrics, intervalMs: given.OTEL_METRIC_EXPORT_INTERVAL ?? DEFAULT_INTERVAL_MS },
    protocol: given.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
    headers: [...(given.OTEL_EXPORTER_OTLP_HEADERS ?? [])].map(([name, value]) => ({ name, value: secret(value) })),
    serviceName: given.OTEL_SERVICE_NAME ?? given.OTEL_RESOURCE_ATTRIBUTES?.get('service.name') ?? 'visualizer',
    resourceAttributes: [...(given.OTEL_RESOURCE_ATTRIBUTES ?? [])].map(([name, value]) => ({ name, value })),
  }
}

function endpoint(given: OtelVariables, signal: 'traces' | 'metrics'): string | undefined {
  const own = signal === 'traces' ? given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT : given.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT
  if (own) return own.href
  const shared = given.OTEL_EXPORTER_OTLP_ENDPOINT
  if (!shared) return undefined
  const url = new URL(shared)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return url.href
}

const sampler = ({ OTEL_TRACES_SAMPLER: name = 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: ratio = 1 }: OtelVariables): Sampler => ({
  name,
  ratio,
})

import { z } from 'zod'
import type { RequestsConfig } from './config.ts'
import type { FileSettings } from './file-settings.ts'
import type { ReadVariables } from './problem.ts'
import { secret } from './secret.ts'
import { readRateLimits } from './rate-limits.ts'
import { AddressRange, MetricsToken, PublicUrl, truth, whole } from './schema-values.ts'

const listed = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1).max(100))

export const REQUEST_VARIABLES = {
  PUBLIC_URL: PublicUrl.optional().describe(
    'The address that people use, such as https://visualizer.example.com. Default: what each request names.',
  ),
  TRUSTED_PROXIES: listed(AddressRange)
    .optional()
    .describe('Addresses of proxies whose X-Forwarded-For, -Proto and -Host count, separated by commas: 10.0.0.0/8,::1. Default loopback.'),
  CSRF_PROTECTION: truth('Whether what signed-in browsers change needs the token of a page. Default true.'),
  RATE_LIMITING: truth('Whether requests of each client are limited, as security.rate_limits says. Default true.'),
  METRICS_TOKEN: MetricsToken.optional().describe(
    'What scrapers of /metrics send as a bearer token. Secret. security.metrics_token is read too.',
  ),
  METRICS_PORT: whole(z.int().min(1).max(65_535), 'A port on which /metrics answers instead, to everybody who reaches it.'),
  REQUEST_TIMEOUT: whole(
    z.int().min(1).max(3_600),
    'Seconds after which a request that has no answer yet is answered 503. Websockets and streams go on. Default 120.',
  ),
  FORCE_HTTPS: truth('Whether requests over http are led to https, but for /health, /ready and /metrics. Default false.'),
}

type RequestVariables = ReadVariables<z.infer<z.ZodObject<typeof REQUEST_VARIABLES>>>

const LOOPBACK = ['127.0.0.0/8', '::1/128']

/** What requests must keep, whoever sends them: from variables, then from the file. */
export function readRequests({ given }: RequestVariables, { web, security }: Pick<FileSettings, 'web' | 'security'>): RequestsConfig {
  const metricsToken = given.METRICS_TOKEN ?? security.metrics_token
  const publicUrl = given.PUBLIC_URL ?? web.public_url
  return {
    publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl).origin,
    trustedProxies: given.TRUSTED_PROXIES ?? security.trusted_proxies ?? LOOPBACK,
    isCsrfChecked: given.CSRF_PROTECTION ?? security.csrf_protection ?? true,
    rateLimits: (given.RATE_LIMITING ?? security.rate_limiting ?? true) ? readRateLimits(security.rate_limits) : undefined,
    metricsToken: metricsToken === undefined ? undefined : secret(metricsToken),
    metricsPort: given.METRICS_PORT,
    requestTimeoutMs: (given.REQUEST_TIMEOUT ?? 120) * 1_000,
    isHttpsForced: given.FORCE_HTTPS ?? false,
    allowedOrigins: (security.allowed_origins ?? []).map((origin) => new URL(origin).origin),
  }
}

import { Hono } from 'hono'
import { z } from 'zod'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { CSP_REPORTS } from '../middleware/secure-headers.ts'
import { readBody } from '../read-body.ts'

const LIMIT_BYTES = 64 * 1024
const REPORTS_AT_ONCE = 100
/** Reports that a worker reads in a minute: each is a line of the log, and anybody may send them. */
const READ_A_MINUTE = 60
const MINUTE_MS = 60_000

const Violation = z.object({ directive: z.string(), blocked: z.string() })
type Violation = z.infer<typeof Violation>

const ReportUriBody = z
  .object({
    'csp-report': z.object({
      'effective-directive': z.string().optional(),
      'violated-directive': z.string().optional(),
      'blocked-uri': z.string().optional(),
    }),
  })
  .transform(({ 'csp-report': report }): Violation[] => [
    { directive: report['effective-directive'] ?? report['violated-directive'] ?? '', blocked: report['blocked-uri'] ?? '' },
  ])

const ReportToBody = z
  .array(
    z.object({
      type: z.string(),
      body: z.object({ effectiveDirective: z.string().optional(), blockedURL: z.string().nullish() }).nullish(),
    }),
  )
  .max(REPORTS_AT_ONCE)
  .transform((reports) =>
    reports
      .filter(({ type }) => type === 'csp-violation')
      .map(({ body }): Violation => ({ directive: body?.effectiveDirective ?? '', blocked: body?.blockedURL ?? '' })),
  )

const Reports = z.union([ReportUriBody, ReportToBody])

/** POST /csp-reports: counts what a browser kept from running, and logs the directive and the blocked origin, nothing else of it. */
export function cspReportRoutes({ metrics, log }: Pick<WebDeps, 'metrics' | 'log'>) {
  const mayRead = openAllowance()
  return new Hono<Env>().post(CSP_REPORTS, async (c) => {
    if (!mayRead()) {
      metrics.cspReports.inc({ directive: 'unread' })
      return c.body(null, 204)
    }
    const parsed = Reports.safeParse(jsonOf(await readBody(c, LIMIT_BYTES)))
    if (!parsed.success) throw new RefusedError('VALIDATION_ERROR', 'This is no report of a content security policy.')
    for (const violation of parsed.data) {
      const directive = directiveOf(violation)
      metrics.cspReports.inc({ directive })
      log.warn('a page met its content security policy', { directive, blocked: originOf(violation) })
    }
    return c.body(null, 204)
  })
}

function openAllowance() {
  let [endsAt, left] = [-Infinity, 0]
  return () => {
    const now = performance.now()
    if (now > endsAt) [endsAt, left] = [now + MINUTE_MS, READ_A_MINUTE]
    left -= 1
    return left >= 0
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RefusedError('VALIDATION_ERROR', 'The body is not JSON.')
  }
}

const DIRECTIVE =
  /^(?:(?:default|child|connect|font|frame|img|manifest|media|object|worker)-src|(?:script|style)-src(?:-elem|-attr)?|base-uri|form-action|frame-ancestors)$/

/** Other words share a label, so that callers cannot add labels. */
function directiveOf({ directive }: Violation): string {
  const [name = ''] = directive.split(' ')
  return DIRECTIVE.test(name) ? name : 'other'
}

function originOf({ blocked }: Violation): string {
  if (/^(inline|eval|wasm-eval|self|data|blob|trusted-types-(policy|sink))$/.test(blocked)) return blocked
  const url = URL.parse(blocked)
  return url === null ? 'unknown' : url.origin === 'null' ? url.protocol.slice(0, 20) : url.origin.slice(0, 200)
}

import { type Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import { allAudited, newestAudited } from '../../auth/read-audit.ts'
import type { AuditQuery } from '../../domain/events/own-event.ts'
import { pageFrame } from '../../pages/serve-page.ts'
import { AuditPage } from '../../../views/settings/audit.tsx'
import type { Env, WebDeps } from '../env.ts'
import { pageRequest } from '../page-request.ts'

const SHOWN = 100
const TEXT_LIMIT = 200

/** GET /audit for people, and /audit.ndjson with everything that matches, for administrators. */
export function auditRoutes(deps: WebDeps) {
  const { wholeLog: eventLog, audiences, auth, settings } = deps
  return new Hono<Env>()
    .get('/audit', async (c) => {
      const query = queryOf(c)
      const asked = Number(c.req.query('before') ?? Number.NaN)
      const { entries, before } = await newestAudited({ eventLog, query }, { before: asked >= 1 ? asked : undefined, limit: SHOWN })
      const frame = pageFrame(pageRequest(c), audiences.of(c.get('viewer')))
      c.header('Cache-Control', 'no-store')
      return c.html(<AuditPage {...frame} rows={entries} filters={query} before={before} keptDays={settings.auth.auditDays} />)
    })
    .get('/audit.ndjson', (c) => {
      const query = queryOf(c)
      auth.note({ what: 'download the audit log', who: c.get('viewer').user, from: c.get('client').address, result: 'done' })
      c.header('Content-Type', 'application/x-ndjson; charset=utf-8')
      c.header('Content-Disposition', 'attachment; filename="audit.ndjson"')
      c.header('Cache-Control', 'no-store')
      return stream(c, async (out) => {
        for await (const entries of allAudited({ eventLog, query })) {
          const lines = entries.map(({ at, ...entry }) => `${JSON.stringify({ at: new Date(at).toISOString(), ...entry })}\n`)
          if (lines.length > 0) await out.write(lines.join(''))
        }
      })
    })
}

function queryOf(c: Context<Env>): AuditQuery {
  const text = (name: string) => (c.req.query(name) ?? '').trim().slice(0, TEXT_LIMIT)
  const result = text('result')
  return { who: text('who'), what: text('what'), result: result === 'done' || result === 'refused' ? result : '' }
}

import { Hono } from 'hono'
import { PAGES } from '../../pages/registry.ts'
import type { Env, WebDeps } from '../env.ts'
import { pageRequest } from '../page-request.ts'

export function pageRoutes(deps: WebDeps) {
  const app = new Hono<Env>()
  for (const { routes, answer } of PAGES) {
    for (const route of routes) {
      app.get(route, async (c) => {
        const answered = await answer(pageRequest(c), deps.audiences.of(c.get('viewer')))
        return 'to' in answered ? c.redirect(answered.to, answered.status) : c.html(answered.html)
      })
    }
  }
  return app
}

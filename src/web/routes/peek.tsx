import { Hono } from 'hono'
import { Peek } from '../../../views/overview/peek.tsx'
import type { Env, WebDeps } from '../env.ts'
import { projectPage } from '../viewed.ts'

/** GET /projects/:name/peek — a look at a project as a fragment, with the websocket that keeps it current (static/peek.js). */
export function peekRoutes(deps: WebDeps) {
  return new Hono<Env>().get(
    '/projects/:name/peek',
    projectPage(deps, (c, { project, view, summary, now, frame }) => {
      const { live } = frame({ page: 'peek', name: project.name, search: '' })
      return c.html(
        <div id="peek-line" data-live={live?.path}>
          <Peek project={project} state={view.state} attention={summary.attention} recent={view.recent} now={now} />
        </div>,
      )
    }),
  )
}

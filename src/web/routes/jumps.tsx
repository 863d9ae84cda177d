import { Hono } from 'hono'
import { waitsForPerson } from '../../domain/summary/attention.ts'
import { selectProjects } from '../../pages/overview/selection.ts'
import { PaletteResults } from '../../../views/shell/palette.tsx'
import { projectHref } from '../../../views/atoms/part-href.ts'
import { parseOverviewQuery } from '../../../views/overview/overview-query.ts'
import type { Env, WebDeps } from '../env.ts'
import { foremost } from '../../domain/bounded.ts'
import { mustBeRead } from '../../projection/find-project.ts'

const FOUND_LIMIT = 10

/** GET /jump?q= finds projects as a fragment; GET /next?after= goes to the next one that needs a person. */
export function jumpRoutes(deps: WebDeps) {
  return new Hono<Env>()
    .get('/jump', (c) => {
      mustBeRead(deps)
      const { text = '' } = parseOverviewQuery(new URL(c.req.url).searchParams)
      const { matching } = selectProjects(deps.audiences.of(c.get('viewer')).overview.ordered, { page: 1 })
      const part = text.toLowerCase()
      const found = matching.filter(({ project }) => project.name.toLowerCase().includes(part))
      return c.html(<PaletteResults found={foremost(found, FOUND_LIMIT)} />)
    })
    .get('/next', (c) => {
      mustBeRead(deps)
      const { matching } = selectProjects(deps.audiences.of(c.get('viewer')).overview.ordered, { page: 1 })
      const waiting = matching.filter(({ attention }) => waitsForPerson(attention.word))
      const at = waiting.findIndex(({ project }) => project.name === c.req.query('after'))
      const next = waiting[(at + 1) % waiting.length]
      return c.redirect(next ? projectHref(next.project.name) : '/')
    })
}

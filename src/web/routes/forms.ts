import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import { RefusedError } from '../../domain/refused.ts'
import { findProject } from '../../projection/find-project.ts'
import type { Env, WebDeps } from '../env.ts'
import { rememberFor } from '../page-request.ts'
import { readBody } from '../read-body.ts'
import { projectHref } from '../../../views/atoms/part-href.ts'
import { overviewHref, parseOverviewQuery, parsePins, PINS_LIMIT } from '../../../views/overview/overview-query.ts'
import { PINS_FULL } from '../../../views/overview/pin.tsx'

const LIMIT_BYTES = 1_024

/** Forms of a project's page that work without script. `losses` takes the offset up to which they were `seen`. */
export function projectFormRoutes(deps: WebDeps) {
  const { changes } = deps
  return new Hono<Env>()
    .post('/projects/:name/archive', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      await changes.archive(project)
      return c.redirect(projectHref(project.name), 303)
    })
    .post('/projects/:name/restore', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      await changes.change(project, { status: 'active' })
      return c.redirect(projectHref(project.name), 303)
    })
    .post('/projects/:name/purge', async (c) => {
      const project = await findProject(deps, c.req.param('name'))
      const { confirm } = Object.fromEntries(new URLSearchParams(await readBody(c, LIMIT_BYTES)))
      if (confirm !== project.name) {
        const message = `Type the project's name, "${project.name}", to forget all that was reported of it. Nothing was forgotten.`
        throw new RefusedError('VALIDATION_ERROR', message, { field: 'confirm' })
      }
      await changes.purge(project)
      return c.redirect('/', 303)
    })
    .post('/projects/:name/losses', async (c) => {
      const { name } = await findProject(deps, c.req.param('name'))
      const upTo = Number(new URLSearchParams(await readBody(c, LIMIT_BYTES)).get('seen'))
      if (!Number.isSafeInteger(upTo) || upTo < 1) throw new RefusedError('VALIDATION_ERROR', 'Say up to which event the losses were seen.')
      await deps.accept(name, [{ type: 'losses_seen', id: Bun.randomUUIDv7(), up_to: upTo }])
      return c.redirect(projectHref(name), 303)
    })
}

const PIN_LIMIT_BYTES = 8_192

/** POST /pins pins (`pin`) or unpins (`unpin`) a project, and returns to its overview. */
export function pinRoutes(deps: WebDeps) {
  return new Hono<Env>().post('/pins', async (c) => {
    const form = new URLSearchParams(await readBody(c, PIN_LIMIT_BYTES))
    const seen = deps.audiences.of(c.get('viewer'))
    const [pin, unpin] = [form.get('pin'), form.get('unpin')]
    if (pin === null && unpin === null) throw new RefusedError('VALIDATION_ERROR', 'Name a project to pin, or one to unpin.')
    const pins = (parsePins(getCookie(c, 'pins')) ?? []).filter((name) => name !== unpin && seen.projections.findProject(name))
    const added = pin === null ? undefined : (await findProject(seen, pin)).name
    if (added !== undefined && !pins.includes(added)) pins.push(added)
    if (pins.length > PINS_LIMIT) throw new RefusedError('STATE_CONFLICT', PINS_FULL, { limit: PINS_LIMIT })
    rememberFor(c, 'pins', pins.join(','))
    // Parsed and rebuilt, so that it cannot redirect elsewhere.
    const query = parseOverviewQuery(new URLSearchParams(form.get('back') ?? ''))
    return c.redirect(overviewHref(query, { page: query.page }), 303)
  })
}

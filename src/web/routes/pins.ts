import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { RefusedError } from '../../domain/refused.ts'
import { PINS_FULL } from '../../../views/overview/pin.tsx'
import { overviewHref, parseOverviewQuery, parsePins, PINS_LIMIT } from '../../../views/overview/overview-query.ts'
import type { Env, WebDeps } from '../env.ts'
import { findProject } from '../../projection/find-project.ts'
import { readBody } from '../read-body.ts'
import { YEAR_SECONDS } from '../page-request.ts'

/** A name, and the address of an overview with all its filters. */
const LIMIT_BYTES = 8_192

/** POST /pins — a form that pins a project (`pin`) or lets it go (`unpin`), and leads back to the overview that it stood on. */
export function pinRoutes(deps: WebDeps) {
  return new Hono<Env>().post('/pins', async (c) => {
    const form = new URLSearchParams(await readBody(c, LIMIT_BYTES))
    const [pin, unpin] = [form.get('pin'), form.get('unpin')]
    if (pin === null && unpin === null) throw new RefusedError('VALIDATION_ERROR', 'Name a project to pin, or one to unpin.')
    // What is gone takes no place: nobody could see it to let it go.
    const pins = (parsePins(getCookie(c, 'pins')) ?? []).filter((name) => name !== unpin && deps.projections.findProject(name))
    const added = pin === null ? undefined : (await findProject(deps, pin)).name
    if (added !== undefined && !pins.includes(added)) pins.push(added)
    if (pins.length > PINS_LIMIT) throw new RefusedError('STATE_CONFLICT', PINS_FULL, { limit: PINS_LIMIT })
    if (pins.length === 0) deleteCookie(c, 'pins', { path: '/' })
    else setCookie(c, 'pins', pins.join(','), { path: '/', maxAge: YEAR_SECONDS, sameSite: 'Lax', httpOnly: true })
    // Read and written again, so that it leads to the overview and to nowhere else.
    const query = parseOverviewQuery(new URLSearchParams(form.get('back') ?? ''))
    return c.redirect(overviewHref(query, { page: query.page }), 303)
  })
}

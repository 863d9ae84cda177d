import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Signer } from '../../auth/signing.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { RefusedError } from '../../domain/refused.ts'
import type { Env, WebDeps } from '../env.ts'
import { readBody } from '../read-body.ts'
import { isListed, LIVE, SAFE } from './guard.ts'

const HEADER = 'X-CSRF-Token'
const FIELD = '_csrf'
const FORM_BYTES = 64 * 1024

/** Nobody is known yet who could be made to send it: the link, the provider or the proxy says who it is. */
const SIGNS_IN = /^\/(login|auth\/[^/]+)$/

const REFUSAL = 'This was not sent by a page of yours, or the page is older than your session. Load the page again, then send it again.'

/** Asks for a token where a browser says by itself who asks: another site could make it send a request. Programs with a bearer token pass by. */
export const checkCsrf = (deps: WebDeps) =>
  createMiddleware<Env>(async (c, next) => {
    const session = ambientSession(c.get('viewer'))
    if (session === undefined) return next()
    const { signer } = deps.auth
    c.set('csrf', () => csrfToken(signer, session))
    if (LIVE.test(c.req.path) && c.req.header('origin') === undefined) throw new RefusedError('PERMISSION_DENIED', NO_ORIGIN)
    if (SAFE.has(c.req.method)) {
      if (isListed(c.req.header('origin'), deps.settings)) c.header(HEADER, csrfToken(signer, session))
      return next()
    }
    if (!deps.settings.isCsrfChecked || SIGNS_IN.test(c.req.path)) return next()
    if (!isCsrfToken(signer, session, await tokenIn(c))) throw new RefusedError('PERMISSION_DENIED', REFUSAL)
    return next()
  })

const NO_ORIGIN = 'A websocket of a signed-in browser names the origin of its page. Programs send a token as "Authorization: Bearer …".'

function ambientSession(viewer: Viewer | undefined): string | undefined {
  if (viewer?.via === 'session') return viewer.session
  return viewer?.via === 'proxy' ? `proxy:${viewer.user}` : undefined
}

/** From the header, or from the field of a form, whose body stays readable. */
async function tokenIn(c: Context<Env>): Promise<string> {
  const given = c.req.header(HEADER)
  if (given !== undefined || !/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) return given ?? ''
  const { url, method, headers } = c.req.raw
  const body = await readBody(c, FORM_BYTES)
  c.req.raw = new Request(url, { method, headers, body })
  return new URLSearchParams(body).get(FIELD) ?? ''
}

const purposeOf = (session: string) => `csrf:${session}`

/** What a form of a session carries along; another one at each call, for texts that compressed pages repeat can be guessed. */
const csrfToken = (signer: Signer, session: string): string => signer.sign(purposeOf(session), randomBytes(16).toString('base64url'))

/** Whether a token was made for this session. */
const isCsrfToken = (signer: Signer, session: string, token: string): boolean => signer.verify(purposeOf(session), token) !== undefined

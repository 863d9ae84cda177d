import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ERROR_STATUS, type ErrorCode, RefusedError } from '../domain/refused.ts'
import { LogUnavailableError } from '../event-log/event-log.ts'
import { returnAddress } from '../auth/return-address.ts'
import { StoreUnavailableError } from '../key-value/key-value.ts'
import { bareFrame } from './bare-frame.ts'
import { OutsidePage, SessionEndedPage } from '../../views/pages/sign-in.tsx'
import { pageFrame } from '../pages/serve-page.ts'
import type { Env, WebDeps } from './env.ts'
import { pageRequest } from './page-request.ts'
import { ErrorPage, NotFoundPage } from '../../views/pages/error.tsx'

const RELOAD_SECONDS = 3

const PART = /^\/projects\/[^/]+\/./

const NEXT: Record<number, string> = {
  400: 'Check the address.',
  404: 'Go back to the project, or begin at the list of projects.',
  403: 'Open the service by the address that it prints when it starts.',
  409: 'Go back to the project: its page shows the newest.',
  410: 'Look at a later moment.',
  405: 'Open the address in the browser instead of sending a form to it.',
  429: 'Wait a moment, then load the page again.',
  414: 'Shorten the address: take filters out of it.',
  431: 'Remove cookies of this host, or what an extension adds to requests.',
  500: 'Load the page again. If it fails again, look for the request id in the log.',
  503: 'Nothing that was acknowledged is lost. The page loads itself again until the log answers.',
}

export function errorPage(c: Context<Env>, deps: WebDeps, { code, message, details }: Answer) {
  if (!deps.settings.isOpen && !c.get('viewer')) return strangersPage(c, deps, { code, message })
  const request = pageRequest(c)
  const frame = { ...pageFrame(request, deps.audiences.of(request.viewer)), requestId: c.get('requestId') }
  const status = statusOf(code)
  if (status === 503) c.header('Refresh', String(RELOAD_SECONDS))
  if (status !== 404 || PART.test(c.req.path)) {
    return c.html(
      <ErrorPage
        {...frame}
        status={status}
        {...(typeof details['needs'] === 'string' ? notGranted(details['needs']) : wordsOf(status))}
        message={message}
        way={whereTheRestBegins(c.req.path, details) ?? backToProject(c.req.path, { code, details })}
      />,
      status,
    )
  }
  const project = /^\/projects\/([^/]+)$/.exec(c.req.path)?.[1]
  const page =
    project === undefined ? (
      <NotFoundPage {...frame} path={c.req.path} />
    ) : (
      <NotFoundPage {...frame} path={c.req.path} project={c.req.param('name') ?? project} />
    )
  return c.html(page, 404)
}

/** Whoever has not signed in is shown nothing of what is inside. */
function strangersPage(c: Context<Env>, deps: WebDeps, { code, message }: Pick<Answer, 'code' | 'message'>) {
  const status = statusOf(code)
  const frame = bareFrame(c, deps)
  if (code === 'UNAUTHENTICATED' && !deps.auth.providers.proxy)
    return c.html(<SessionEndedPage {...frame} to={returnAddress(pathOf(c.req.header('referer')))} />, status)
  return c.html(<OutsidePage {...frame} title={TITLES[status] ?? 'This did not work'} message={message} />, status)
}

/** The path of an address of this service, where somebody came from. */
function pathOf(address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address)
  return url === null ? undefined : `${url.pathname}${url.search}`
}

function whereTheRestBegins(path: string, { first_offset: offset, first_at: at }: Answer['details']) {
  const first = path !== '/' && typeof offset === 'number' ? String(offset) : at
  if (typeof first !== 'string') return undefined
  return { href: `${path}?at=${encodeURIComponent(first)}`, words: 'Go to where the rest begins' }
}

const wordsOf = (status: number) => ({
  title: TITLES[status] ?? 'This did not work',
  next: NEXT[status] ?? 'Go back and try again.',
})

const notGranted = (action: string) => ({
  title: 'Not permitted',
  next: `Ask whoever administers this service for the right to ${action}. “visualizer policy why” tells them which line decides.`,
})

function backToProject(path: string, { code, details }: Pick<Answer, 'code' | 'details'>) {
  const href = /^\/projects\/[^/]+/.exec(path)?.[0]
  const isThere = ['VALIDATION_ERROR', 'NOT_FOUND', 'STATE_CONFLICT'].includes(code) || 'needs' in details
  return href !== undefined && isThere ? { href, words: 'Go to the project' } : undefined
}

const TITLES: Record<number, string> = {
  404: 'Not there',
  409: 'Not there yet',
  410: 'No longer there',
  429: 'Too many requests',
  403: 'Not from here',
  500: 'The service failed at this page',
  503: 'The event log is away',
}

type Answer = { code: ErrorCode; message: string; details: Record<string, unknown> }

const RETRY_AFTER_SECONDS = 2

/** After a lost answer of the log, the events may be there. */
const NOT_STORED =
  'The event log cannot be reached or is full. Send the same again, with the same ids or Idempotency-Key: if it was stored all the same, it counts once.'

/** The answer to an error. Errors that are not the caller's fault reveal nothing; the log has them by request id. */
export function answerTo(error: unknown, method: string): Answer {
  if (error instanceof RefusedError) return { code: error.code, message: error.message, details: error.details }
  if (error instanceof StoreUnavailableError) {
    const message = 'Who may come in cannot be looked up, because the store of sessions is away. Try again in a moment.'
    return { code: 'SERVICE_UNAVAILABLE', message, details: { retry_after_seconds: RETRY_AFTER_SECONDS } }
  }
  if (error instanceof LogUnavailableError) {
    const message = method === 'GET' || method === 'HEAD' ? 'The event log cannot be reached.' : NOT_STORED
    return { code: 'SERVICE_UNAVAILABLE', message, details: { retry_after_seconds: RETRY_AFTER_SECONDS } }
  }
  return { code: 'INTERNAL_ERROR', message: 'The service failed at this request. The log names the cause by request id.', details: {} }
}

const statusOf = (code: ErrorCode): ContentfulStatusCode => ERROR_STATUS[code]

export function errorJson(c: Context<Env>, { code, message, details }: Answer) {
  if (code === 'SERVICE_UNAVAILABLE') c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  const body = { error: message, code, timestamp: new Date().toISOString(), request_id: c.get('requestId'), details }
  return c.json(body, statusOf(code))
}

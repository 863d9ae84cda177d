import { wait } from './wait.ts'
import { isRecord } from '../domain/events/loose-fields.ts'

export type ApiAddress = { /** Without a slash at its end. */ url: string; token: { reveal(): string } | undefined }

export type Reported = { accepted: number; duplicates: number; tooOld: number }

export type Api = {
  url: string
  /** Rejects with ApiProblem. */
  get(path: string, signal?: AbortSignal): Promise<Record<string, unknown>>
  /** Stores events in order. Rejects with ApiProblem. */
  report(project: string, events: readonly object[]): Promise<Reported>
}

type ErrorDetails = { /** The API's code, where it named one. */ code?: string | undefined; details?: Record<string, unknown> }

/** `isAway`: retrying may help; otherwise the service refused. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  readonly code: string | undefined
  readonly details: Record<string, unknown>
  constructor(
    readonly isAway: boolean,
    message: string,
    { code, details = {} }: ErrorDetails = {},
  ) {
    super(message)
    this.code = code
    this.details = details
  }
}

const ANSWER_WITHIN_MS = 15_000
/** A service that limits rates says when to ask again. */
const LONGEST_PAUSE_SECONDS = 60
const PATIENT_TRIES = 10

/** The public API of a running service. */
export function openApi({ url, token }: ApiAddress): Api {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }

  async function send(path: string, init: RequestInit, tries = PATIENT_TRIES): Promise<Response> {
    const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline
    const response = await fetch(`${url}/api/v1${path}`, { ...init, signal, redirect: 'error' }).catch((error: unknown) => {
      if (init.signal?.aborted) throw error
      throw new ApiProblem(true, `nothing answers at ${url} (${networkReason(error)})`)
    })
    const seconds = Number(response.headers.get('retry-after') ?? 0)
    if (response.status !== 429 || seconds < 1 || seconds > LONGEST_PAUSE_SECONDS || tries === 0) return response
    await wait(seconds * 1_000, init.signal ?? new AbortController().signal)
    return send(path, init, tries - 1)
  }

  async function ask(path: string, init: RequestInit): Promise<Record<string, unknown>> {
    const response = await send(path, init)
    const body = await bodyOf(response, url)
    if (!response.ok) throw problemOf(response.status, body, url)
    return body
  }

  return {
    url,
    get: (path, signal) => ask(path, { headers, ...(signal ? { signal } : {}) }),
    async report(project, events) {
      const body = JSON.stringify(events)
      const answer = await ask(`/projects/${encodeURIComponent(project)}/events`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
      const countOf = (field: string) => (typeof answer[field] === 'number' ? answer[field] : 0)
      return { accepted: countOf('accepted'), duplicates: countOf('duplicates'), tooOld: countOf('too_old') }
    },
  }
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection'
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

async function bodyOf(response: Response, url: string): Promise<Record<string, unknown>> {
  const text = await response.text().catch((error: unknown) => {
    throw new ApiProblem(true, `the answer of ${url} broke off (${networkReason(error)})`)
  })
  try {
    const body: unknown = JSON.parse(text)
    if (isRecord(body)) return body
  } catch {
    // Reported below.
  }
  const isPassing = response.status >= 500
  const what = isPassing ? `is away (HTTP ${response.status})` : 'is not this service: it gives no JSON; name another with --url'
  throw new ApiProblem(isPassing, `what answers at ${url} ${what}`)
}

function problemOf(status: number, body: Record<string, unknown>, url: string): ApiProblem {
  const said = typeof body['error'] === 'string' ? body['error'] : `HTTP ${status}`
  const code = typeof body['code'] === 'string' ? body['code'] : undefined
  const details = isRecord(body['details']) ? body['details'] : {}
  if (status >= 500 || status === 429) return new ApiProblem(true, `the service at ${url} cannot answer now: ${said}`, { code, details })
  if (status === 401) {
    const message = `the service at ${url} does not know who this is: set VISUALIZER_TOKEN to a token of it`
    return new ApiProblem(false, message, { code, details })
  }
  return new ApiProblem(false, `the service at ${url} refused: ${said}`, { code, details })
}

import type { RunningServer } from './server.ts'

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
export type Reply = { status: number; body: Record<string, unknown>; headers: Headers }

/** What the API answers, with its body as JSON. */
export async function call(server: RunningServer, path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(`${server.url}${path}`, { signal: AbortSignal.timeout(15_000), ...init })
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, headers: response.headers }
}

/** Sends a body as it is to a project's events. */
export function postBody(server: RunningServer, project: string, body: Body, contentType = 'application/json'): Promise<Reply> {
  const path = `/api/v1/projects/${encodeURIComponent(project)}/events`
  return call(server, path, { method: 'POST', headers: { 'content-type': contentType }, body })
}

/** Reports one event, or several as one batch; throws unless it was accepted. */
export async function report(server: RunningServer, project: string, events: object): Promise<Reply> {
  const reply = await postBody(server, project, JSON.stringify(events))
  if (reply.status !== 202) throw new Error(`not accepted: ${reply.status} ${JSON.stringify(reply.body)}`)
  return reply
}

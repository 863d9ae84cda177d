/**
 * The request with a whole address. What HTTP/1.0 sends may name no host, as plain health checks do; the server then leaves the
 * address a path, which no route could read. Whatever else came with it stays as it was.
 */
export function withWholeAddress(request: Request, port: number | undefined): Request {
  return request.url.startsWith('/') ? new Request(`http://localhost:${port ?? ''}${request.url}`, request) : request
}

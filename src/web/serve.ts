import type { Hono } from 'hono'
import type { Hub, Watched, Watching } from '../live/hub.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Env } from './env.ts'

type Deps = { app: Hono<Env>; hub: Hub; feed: Watched; config: { host: string; port: number }; log: Logger; sharesPort: boolean }

const IDLE_SECONDS = 120
/** A slow upload keeps the program no longer than this from its end. */
const DRAIN_SECONDS = 10
/** Above the limit of any route, so that the route can say what was too much. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024

/** Listens. Throws when the address is taken, where it is not to be shared with other workers. */
export function serve({ app, hub, feed, config, log, sharesPort }: Deps) {
  const server = Bun.serve<Watching>({
    hostname: config.host,
    port: config.port,
    reusePort: sharesPort,
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: BODY_LIMIT_BYTES,
    fetch: (request, bunServer) => app.fetch(withWholeAddress(request, bunServer.port), { server: bunServer, arrived: request }),
    websocket: hub.websocket,
    error(error) {
      log.error('a request failed outside of its route', { error })
      return new Response('The service failed at this request.', { status: 500 })
    },
  })
  hub.watch(feed, server)

  let stopping: Promise<void> | undefined

  async function stop() {
    const late = setTimeout(() => void server.stop(true), DRAIN_SECONDS * 1_000)
    await server.stop()
    clearTimeout(late)
  }
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`,
    /** Takes no more connections, answers what was asked, and ends what is not done in time. Websockets are closed by the hub. */
    stop: () => (stopping ??= stop()),
    isStopping: () => stopping !== undefined,
  }
}

/**
 * The request with a whole address. What HTTP/1.0 sends may name no host, as plain health checks do; the server then leaves the
 * address a path, which no route could read. Whatever else came with it stays as it was.
 */
function withWholeAddress(request: Request, port: number | undefined): Request {
  return request.url.startsWith('/') ? new Request(`http://localhost:${port ?? ''}${request.url}`, request) : request
}

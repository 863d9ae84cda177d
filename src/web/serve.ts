import type { Hono } from 'hono'
import type { Hub, Watched, Watching } from '../live/hub.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Env } from './env.ts'

type Deps = {
  app: Hono<Env>
  hub: Hub
  feed: Watched
  config: { host: string; port: number; metricsPort: number | undefined; isMetricsOn: boolean }
  log: Logger
  sharesPort: boolean
  metrics: { render(): Promise<string>; contentType: string }
}

const IDLE_SECONDS = 120
const DRAIN_SECONDS = 10
/** Of an answer that passed no middleware. */
const BARE_HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
}
const BODY_LIMIT_BYTES = 64 * 1024 * 1024

/** Listens; throws when the address is taken and not shared. */
export function serve({ app, hub, feed, config, log, sharesPort, metrics }: Deps) {
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
      return new Response('The service failed at this request.', { status: 500, headers: BARE_HEADERS })
    },
  })
  hub.watch(feed, server)
  const metricsServer =
    config.metricsPort === undefined || !config.isMetricsOn
      ? undefined
      : serveMetrics({ config, sharesPort, metrics, port: config.metricsPort })

  let stopping: Promise<void> | undefined

  async function stop() {
    const late = setTimeout(() => void server.stop(true), DRAIN_SECONDS * 1_000)
    await Promise.all([server.stop(), metricsServer?.stop()])
    clearTimeout(late)
  }
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${server.port}`,
    stop: () => (stopping ??= stop()),
    isStopping: () => stopping !== undefined,
  }
}

type MetricsServing = Pick<Deps, 'config' | 'sharesPort' | 'metrics'> & { port: number }

function serveMetrics({ config, sharesPort, metrics, port }: MetricsServing) {
  return Bun.serve({
    ...{ hostname: config.host, port, reusePort: sharesPort },
    async fetch({ url, method }) {
      if (new URL(url, 'http://localhost').pathname !== '/metrics') return new Response(null, { status: 404, headers: BARE_HEADERS })
      if (method !== 'GET' && method !== 'HEAD')
        return new Response(null, { status: 405, headers: { ...BARE_HEADERS, allow: 'GET, HEAD' } })
      return new Response(await metrics.render(), { headers: { ...BARE_HEADERS, 'content-type': metrics.contentType } })
    },
  })
}

/** Completes a request without a host, as of HTTP/1.0 health checks, whose URL would be a bare path. */
function withWholeAddress(request: Request, port: number | undefined): Request {
  return request.url.startsWith('/') ? new Request(`http://localhost:${port ?? ''}${request.url}`, request) : request
}

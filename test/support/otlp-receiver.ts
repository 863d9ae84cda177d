import { endAfter, type Lifetime } from './ending.ts'
import { freePort } from './ports.ts'

type Value = { stringValue?: string; intValue?: number | string; boolValue?: boolean; doubleValue?: number }
type KeyValues = { key: string; value: Value }[]
type RawSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: KeyValues
  links?: { traceId: string; spanId: string }[]
  status?: { code?: number }
}
type TraceBody = { resourceSpans: { resource: { attributes: KeyValues }; scopeSpans: { spans: RawSpan[] }[] }[] }

export type ReceivedSpan = Omit<RawSpan, 'attributes' | 'links'> & {
  attributes: Record<string, unknown>
  resource: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
}

export type Figure = { value: number | undefined; attributes: Record<string, unknown> }
export type ReceivedMetric = { name: string; kind: string; points: Record<string, unknown>[]; resource: Record<string, unknown> }
type RawMetric = { name: string } & Record<string, { dataPoints?: Record<string, unknown>[] } | string>
type MetricBody = { resourceMetrics: { resource: { attributes: KeyValues }; scopeMetrics: { metrics: RawMetric[] }[] }[] }

/** What a collector that speaks OTLP over HTTP got, decoded from JSON; of protobuf, the bodies as they came. */
export type Receiver = {
  url: string
  spans: ReceivedSpan[]
  metrics: ReceivedMetric[]
  bodies: { path: string; type: string | null; headers: Headers; body: Buffer }[]
}

export type ReceiverOptions = {
  /** Takes what is sent and never answers. */
  hangs?: boolean
  port?: number
  lifetime?: Lifetime
}

/** Starts a collector. */
export async function startReceiver({ hangs = false, lifetime = 'test', port: wanted }: ReceiverOptions = {}): Promise<Receiver> {
  const port = wanted ?? (await freePort())
  const receiver: Receiver = { url: `http://127.0.0.1:${port}`, spans: [], metrics: [], bodies: [] }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 0,
    async fetch(request) {
      const body = Buffer.from(await request.arrayBuffer())
      const type = request.headers.get('content-type')
      const { pathname } = new URL(request.url)
      receiver.bodies.push({ path: pathname, type, headers: request.headers, body })
      if (hangs) return new Promise<Response>(() => undefined)
      if (type === 'application/json') take(receiver, pathname, body.toString())
      return new Response(type === 'application/json' ? '{}' : '', { headers: { 'content-type': type ?? '' } })
    },
  })
  endAfter(lifetime, () => server.stop(true))
  return receiver
}

function take(receiver: Receiver, path: string, text: string) {
  if (path.endsWith('/traces')) {
    for (const { resource, scopeSpans } of (JSON.parse(text) as TraceBody).resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        receiver.spans.push({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes), links: span.links ?? [] })
      }
    }
    return
  }
  for (const { resource, scopeMetrics } of (JSON.parse(text) as MetricBody).resourceMetrics) {
    for (const { name, ...kinds } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      for (const kind of ['sum', 'gauge', 'histogram']) {
        const found = kinds[kind]
        if (typeof found === 'object')
          receiver.metrics.push({ name, kind, points: found.dataPoints ?? [], resource: plain(resource.attributes) })
      }
    }
  }
}

function plain(attributes: KeyValues): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

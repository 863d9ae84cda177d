import {
  type Context,
  context,
  createContextKey,
  type Link,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { RefusedError } from '../domain/refused.ts'
import { NO_SPAN, type Span, type Step, type Tracing } from './tracing.ts'

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER }
const LINK_LIMIT = 32
/** Timers keep the context of the step that started them; after this time they no longer belong to it. */
const LINGERS_MS = 10_000
const BEGAN_AT = createContextKey('when the step began')

/** Tracing through the OpenTelemetry API, whose context manager must be set before. */
export function otlpTracing(tracer: Tracer): Tracing {
  function begin<T>(step: Step, { parent, links }: { parent: Context; links: Link[] }, run: (span: Span) => T): T {
    const { name, attributes = {}, kind } = step
    const span = tracer.startSpan(name, { kind: kind ? KINDS[kind] : SpanKind.INTERNAL, attributes, links }, parent)
    const inside = trace.setSpan(parent, span).setValue(BEGAN_AT, performance.now())
    return context.with(inside, () => (span.isRecording() ? watched(span, run) : run(NO_SPAN)))
  }

  function span<T>(step: Step, run: (span: Span) => T): T {
    const parent = context.active()
    const above = lively(parent)
    if (above && isSampled(above.spanContext())) return begin(step, { parent, links: [] }, run)
    if (above || !step.isRoot) return run(NO_SPAN)
    return begin(step, { parent: ROOT_CONTEXT, links: [] }, run)
  }

  function follow<T>(causes: readonly string[], step: Step, run: (span: Span) => T): T {
    const known = causes.flatMap((cause) => parseTraceParent(cause) ?? [])
    const [first, ...others] = step.isRoot ? known : known.filter(isSampled)
    if (!first && !step.isRoot) return context.with(ROOT_CONTEXT, () => run(NO_SPAN))
    const parent = first ? trace.setSpanContext(ROOT_CONTEXT, { ...first, isRemote: true }) : ROOT_CONTEXT
    const links = others.slice(0, LINK_LIMIT).map((one) => ({ context: { ...one, isRemote: true } }))
    return begin(step, { parent, links }, run)
  }

  const here = () => lively(context.active())?.spanContext()
  const sampled = () => {
    const found = here()
    return found && isSampled(found) ? found : undefined
  }
  return {
    span,
    follow,
    carry: () => traceparent(here()),
    cause: () => traceparent(sampled()),
    ids() {
      const found = sampled()
      return found && { trace_id: found.traceId, span_id: found.spanId }
    },
  }
}

const traceparent = (span: SpanContext | undefined) => span && `00-${span.traceId}-${span.spanId}-${isSampled(span) ? '01' : '00'}`
const isSampled = ({ traceFlags }: SpanContext) => (traceFlags & TraceFlags.SAMPLED) !== 0

function lively(here: Context): OtelSpan | undefined {
  const span = trace.getSpan(here)
  if (!span || span.isRecording()) return span
  return performance.now() - Number(here.getValue(BEGAN_AT)) < LINGERS_MS ? span : undefined
}

/** Ends the span with its step. Error messages stay out of it: they may quote what was sent. */
function watched<T>(span: OtelSpan, run: (span: Span) => T): T {
  const fail = (reason: string) => void span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', reason)
  const failed = (error: unknown) => {
    const name = error instanceof Error ? error.name : 'unknown'
    if (error instanceof RefusedError) span.setAttribute('error.type', name)
    else fail(name)
    span.end()
  }
  try {
    const result = run({ rename: (name) => void span.updateName(name), set: (attributes) => void span.setAttributes(attributes), fail })
    if (result instanceof Promise) result.then(() => span.end(), failed)
    else span.end()
    return result
  } catch (error) {
    failed(error)
    throw error
  }
}

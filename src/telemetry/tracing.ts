/** Of a span: numbers, flags and words whose number is bounded; never what was reported, nor anything that may hold a secret. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

export type Step = {
  name: string
  attributes?: Attributes
  kind?: 'server' | 'client' | 'producer' | 'consumer'
  /** Begins a trace where there is none; other steps are told of only as parts of a trace. */
  isRoot?: boolean
}

/** The span of the step that runs; it takes what is known only later. */
export type Span = {
  rename(name: string): void
  set(attributes: Attributes): void
  /** Marks it as failed, with a word for how. */
  fail(reason: string): void
}

/**
 * Tells how long what took, across turns and programs. A step that is in no sampled trace costs a call and makes no span. What
 * the step throws, or its promise rejects with, marks the span and goes on to the caller.
 */
export type Tracing = {
  /** Runs a step of the current trace. */
  span<T>(step: Step, run: (span: Span) => T): T
  /**
   * Runs what earlier steps led to, named by their traceparents, wherever those ran: child of the first, with links to the
   * others, 32 of them at most. What the current trace is does not matter.
   */
  follow<T>(causes: readonly string[], step: Step, run: (span: Span) => T): T
  /** The W3C traceparent of the current step, to be told to others; undefined outside of a trace. */
  carry(): string | undefined
  /** The same where the trace is sampled: worth remembering, for `follow`. */
  cause(): string | undefined
  /** What the records of the current step say of it; undefined where its trace is not sampled. */
  ids(): { trace_id: string; span_id: string } | undefined
}

export const NO_SPAN: Span = { rename: () => undefined, set: () => undefined, fail: () => undefined }

/** Tells nothing, and loads nothing. */
export const NO_TRACING: Tracing = {
  span: (_step, run) => run(NO_SPAN),
  follow: (_causes, _step, run) => run(NO_SPAN),
  carry: () => undefined,
  cause: () => undefined,
  ids: () => undefined,
}

/** `system` names the engine as OpenTelemetry spells it: sqlite, redis, postgresql; of a bus: redis, ipc. */
export type Traced = { tracing: Tracing; system: string }

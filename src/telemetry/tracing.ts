/** Bounded values only: nothing that was reported, no secrets. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

export type Step = {
  name: string
  attributes?: Attributes
  kind?: 'server' | 'client' | 'producer' | 'consumer'
  /** Starts a trace; other steps only show up within one. */
  isRoot?: boolean
}

export type Span = {
  rename(name: string): void
  set(attributes: Attributes): void
  fail(reason: string): void
}

/** Tracing of steps across programs. Outside a sampled trace a step only runs. Errors mark the span and are passed on. */
export type Tracing = {
  span<T>(step: Step, run: (span: Span) => T): T
  /** Runs a step caused by others, given by their traceparents: a child of the first, linked to up to 32 others. */
  follow<T>(causes: readonly string[], step: Step, run: (span: Span) => T): T
  /** The W3C traceparent of the current step, to pass on. */
  carry(): string | undefined
  /** The same if the trace is sampled, else undefined. */
  cause(): string | undefined
  ids(): { trace_id: string; span_id: string } | undefined
}

export const NO_SPAN: Span = { rename: () => undefined, set: () => undefined, fail: () => undefined }

/** Does nothing, and loads nothing. */
export const NO_TRACING: Tracing = {
  span: (_step, run) => run(NO_SPAN),
  follow: (_causes, _step, run) => run(NO_SPAN),
  carry: () => undefined,
  cause: () => undefined,
  ids: () => undefined,
}

/** The engine's name in OpenTelemetry: sqlite, redis, postgresql or ipc. */
export type Traced = { tracing: Tracing; system: string }

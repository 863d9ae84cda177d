import type { OrchestratorConfig } from '../config/config.ts'
import type { NewEvent } from '../domain/event.ts'
import { storeInOrder, untilLogAnswers } from './durable-store.ts'
import { type LinkHealth, Tally } from './link-health.ts'
import { LOSS_REASONS, type LinkEvent, type LinkNews } from './link-news.ts'
import { LINK_TIMING, type LinkTiming } from './link-timing.ts'
import { openLossBook } from './loss-book.ts'
import type { KnownState } from './orchestrator-frames.ts'
import { Intake } from './orchestrator-intake.ts'
import { type Dialled, dialOrchestrator } from './orchestrator-socket.ts'
import { withoutCredentials } from './shared-health.ts'

export type LinkDeps = {
  orchestrator: OrchestratorConfig
  /** Stores and announces events of one project; LogUnavailableError is waited out, RefusedError counted. */
  accept(project: string, events: readonly NewEvent[]): Promise<unknown>
  /** A project's state with everything that was accepted before the call; empty for a project that nobody knows yet. */
  stateOf(project: string): Promise<KnownState>
  /** Told of every change of the connection, and at most once a second of what came over it. */
  onHealth(health: LinkHealth): void
  /** Told of each thing that happens, at once and without bounds. */
  onNews?(news: LinkNews): void
  onError(error: unknown): void
  timing?: Partial<LinkTiming>
}

export type OrchestratorLink = {
  health(): LinkHealth
  /** Asks for the history and the state: what was told went into a log that is no more. */
  askAgain(): void
  /** Stops listening, stores what came, and forgets the rest when the log is away. */
  close(): Promise<void>
}

const JITTER = 0.25
const PROJECTS_LIMIT = 50
/** A connection that ends so soon after it was read slowly may have been given up for that. */
const CUT_MS = 5_000
const CLOSE_WAITS_MS = 5_000

type Phase = { state: LinkHealth['state']; since: number; nextAttemptAt?: number }

/** Follows one orchestrator until closed, whatever it sends and however often it goes away. */
export function openOrchestratorLink(deps: LinkDeps): OrchestratorLink {
  const link = new Link(deps)
  // Whoever opens it need not be ready yet to be told of its health.
  queueMicrotask(() => link.dial())
  return { health: () => link.health(), askAgain: () => link.askAgain(), close: () => link.close() }
}

class Link {
  #timing: LinkTiming
  #shownUrl: string
  #stopping = new AbortController()
  #tally = new Tally(
    () => this.#announce(),
    (event) => this.#tell(event),
    (loss) => this.#losses.lost({ ...loss, projects: loss.project === undefined ? this.#projects() : [loss.project] }),
  )
  #losses: ReturnType<typeof openLossBook>
  /** Projects that it reported for, where no list says which it may. */
  #reportedFor = new Set<string>()
  #intake: Intake
  #phase: Phase = { state: 'connecting', since: Date.now() }
  #attempts = 0
  #connectionProblem: string | undefined
  #dialled: Dialled | undefined
  #retry: Timer
  #again: Timer
  #watch: Timer
  #announcing: Timer
  #heardAt = 0
  #isSlowed = false
  /** When there was room again after it was read slowly. */
  #roomAt = 0
  #isLost = false
  #askedAt = 0

  constructor(private readonly deps: LinkDeps) {
    const { orchestrator, onError } = deps
    const accept = (project: string, events: readonly NewEvent[]) => {
      if (this.#reportedFor.size < PROJECTS_LIMIT) this.#reportedFor.add(project)
      return deps.accept(project, events)
    }
    this.#losses = openLossBook({ source: orchestrator.name, accept: deps.accept, onError, everyMs: deps.timing?.lossesMs })
    const storing = { accept, tally: this.#tally, onError, signal: this.#stopping.signal }
    this.#timing = { ...LINK_TIMING, ...deps.timing }
    this.#shownUrl = withoutCredentials(orchestrator.url)
    this.#intake = new Intake({
      scope: { name: orchestrator.name, projects: orchestrator.projects },
      store: (events) => storeInOrder(events, storing),
      stateOf: (project) => untilLogAnswers(() => deps.stateOf(project), storing),
      ask: () => this.#ask(),
      slowed: (isSlowed) => this.#slow(isSlowed),
      tally: this.#tally,
      onError,
      timing: this.#timing,
    })
  }

  #projects(): readonly string[] {
    return (this.deps.orchestrator.projects ?? [...this.#reportedFor]).slice(0, PROJECTS_LIMIT)
  }

  #tell(event: LinkEvent) {
    this.deps.onNews?.({ ...event, orchestrator: this.deps.orchestrator.name })
  }

  dial() {
    if (this.#phase.state === 'stopped') return
    const { url, token } = this.deps.orchestrator
    this.#attempts++
    this.#enter({ state: 'connecting' })
    this.#dialled = dialOrchestrator({
      url,
      shownUrl: this.#shownUrl,
      headers: token ? { authorization: `Bearer ${token.reveal()}` } : {},
      connectMs: this.#timing.connectMs,
      opened: () => this.#opened(),
      heard: () => void (this.#heardAt = Date.now()),
      text: (frame) => this.#intake.text(frame, Date.now()),
      binary: () => this.#tally.refuse('a binary frame'),
      ended: (problem) => this.#ended(problem),
    })
  }

  #opened() {
    const { silentMs, muteMs } = this.#timing
    this.#connectionProblem = undefined
    this.#heardAt = Date.now()
    this.#tell({ kind: 'connected', awaySeconds: this.#isLost ? Math.round((Date.now() - this.#phase.since) / 1_000) : undefined })
    this.#isLost = false
    this.#enter({ state: 'connected' })
    this.#intake.turn('opened')
    this.#ask()
    this.#watch = setInterval(() => this.#listenForSilence(), Math.min(silentMs, muteMs) / 4)
  }

  /** Each of its projects may find that its log is another one: they are asked for together. */
  askAgain() {
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      this.#ask()
    }, this.#timing.againMs)
  }

  #ask() {
    this.#askedAt = Date.now()
    this.#dialled?.ask('get_history')
    this.#dialled?.ask('get_current_state')
  }

  #slow(isSlowed: boolean) {
    this.#isSlowed = isSlowed
    // What was said meanwhile is heard only now.
    this.#heardAt = Date.now()
    this.#dialled?.pause(isSlowed)
    if (isSlowed) this.#tell({ kind: 'slowed' })
    else this.#roomAt = Date.now()
    this.#announce()
  }

  /** The ping finds a dead connection, for every websocket answers it; the questions find what was never broadcast. */
  #listenForSilence() {
    if (this.#isSlowed) return
    const now = Date.now()
    const isUnanswered = this.#heardAt < this.#askedAt
    const lastSignAt = Math.max(this.#tally.read().lastFrameAt ?? 0, this.#askedAt)
    if (isUnanswered && now - this.#askedAt >= this.#timing.muteMs) this.#dialled?.drop(`nothing heard from ${this.#shownUrl}`)
    if (isUnanswered || now - lastSignAt < this.#timing.silentMs) return
    this.#ask()
    this.#dialled?.ping()
  }

  #ended(problem: string) {
    clearInterval(this.#watch)
    const { state, since } = this.#phase
    if (state === 'stopped') return
    if (state === 'connected') this.#intake.turn('ended')
    if (state === 'connected' && Date.now() - since >= this.#timing.stableMs) this.#attempts = 0
    this.#connectionProblem = problem
    if (!this.#isLost) this.#tell({ kind: 'lost', problem })
    this.#isLost = true
    const wasCut = state === 'connected' && Date.now() - this.#roomAt < CUT_MS
    if (wasCut) this.#tally.missing({ reason: LOSS_REASONS.cut, project: undefined, detail: problem, count: undefined })
    const delayMs = this.#nextDelayMs()
    this.#enter({ state: 'waiting', nextAttemptAt: Date.now() + delayMs })
    this.#retry = setTimeout(() => void this.#dialOnceTaken().catch(this.deps.onError), delayMs)
  }

  #nextDelayMs(): number {
    const { firstDelayMs, longestDelayMs } = this.#timing
    const steady = Math.min(firstDelayMs * 2 ** Math.max(this.#attempts - 1, 0), longestDelayMs)
    return steady * (1 + JITTER * (2 * Math.random() - 1))
  }

  /** What was received comes before the next connection's history. */
  async #dialOnceTaken() {
    await this.#intake.idle()
    this.dial()
  }

  health(): LinkHealth {
    const { name } = this.deps.orchestrator
    const { frameProblem, storeProblem, ...counts } = this.#tally.read()
    const lastProblem = storeProblem ?? this.#connectionProblem ?? frameProblem
    const link = { name, url: this.#shownUrl, attempts: this.#attempts, framesWaiting: this.#intake.waiting() }
    return { ...counts, ...link, lastProblem, nextAttemptAt: undefined, ...this.#phase }
  }

  async close() {
    const { state } = this.#phase
    clearTimeout(this.#retry)
    clearTimeout(this.#again)
    clearInterval(this.#watch)
    if (state === 'connected') this.#intake.turn('ended')
    this.#enter({ state: 'stopped' })
    this.#dialled?.drop('closed')
    const patience = setTimeout(() => this.#stopping.abort(), CLOSE_WAITS_MS)
    await this.#intake.close()
    await this.#losses.close()
    clearTimeout(patience)
    clearTimeout(this.#announcing)
  }

  #enter(next: Omit<Phase, 'since'>) {
    const isAsBefore = isAway(next.state) && isAway(this.#phase.state)
    this.#phase = { ...next, since: isAsBefore ? this.#phase.since : Date.now() }
    this.deps.onHealth(this.health())
  }

  #announce() {
    if (this.#phase.state === 'stopped') return
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined
      this.deps.onHealth(this.health())
    }, this.#timing.healthMs)
  }
}

const isAway = (state: LinkHealth['state']) => state === 'connecting' || state === 'waiting'

type Timer = ReturnType<typeof setTimeout> | undefined

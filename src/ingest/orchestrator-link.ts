import type { OrchestratorConfig } from '../config/config.ts'
import type { NewEvent } from '../domain/event.ts'
import { storeInOrder, untilLogAnswers } from './durable-store.ts'
import { type LinkHealth, Tally } from './link-health.ts'
import { LINK_TIMING, type LinkTiming } from './link-timing.ts'
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
  onError(error: unknown): void
  timing?: Partial<LinkTiming>
}

export type OrchestratorLink = {
  health(): LinkHealth
  /** Stops listening, stores what came, and forgets the rest when the log is away. */
  close(): Promise<void>
}

const JITTER = 0.25
const CLOSE_WAITS_MS = 5_000

type Phase = { state: LinkHealth['state']; since: number; nextAttemptAt?: number }

/** Follows one orchestrator until closed, whatever it sends and however often it goes away. */
export function openOrchestratorLink(deps: LinkDeps): OrchestratorLink {
  const link = new Link(deps)
  // Whoever opens it need not be ready yet to be told of its health.
  queueMicrotask(() => link.dial())
  return { health: () => link.health(), close: () => link.close() }
}

class Link {
  #timing: LinkTiming
  #shownUrl: string
  #stopping = new AbortController()
  #tally = new Tally(() => this.#announce())
  #intake: Intake
  #phase: Phase = { state: 'connecting', since: Date.now() }
  #attempts = 0
  #connectionProblem: string | undefined
  #dialled: Dialled | undefined
  #retry: Timer
  #watch: Timer
  #announcing: Timer
  #heardAt = 0
  #isSlowed = false
  #askedAt = 0

  constructor(private readonly deps: LinkDeps) {
    const { orchestrator, accept, onError } = deps
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
    this.#enter({ state: 'connected' })
    this.#intake.turn('opened')
    this.#ask()
    this.#watch = setInterval(() => this.#listenForSilence(), Math.min(silentMs, muteMs) / 4)
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
    const { nextAttemptAt } = this.#phase
    const { frameProblem, storeProblem, ...counts } = this.#tally.read()
    const inSeconds =
      nextAttemptAt === undefined ? '' : `; trying again in ${Math.max(Math.ceil((nextAttemptAt - Date.now()) / 1000), 0)} s`
    const connectionProblem = this.#connectionProblem === undefined ? undefined : `${this.#connectionProblem}${inSeconds}`
    const lastProblem = storeProblem ?? connectionProblem ?? frameProblem
    const link = { name, url: this.#shownUrl, attempts: this.#attempts, framesWaiting: this.#intake.waiting() }
    return { ...counts, ...link, lastProblem, nextAttemptAt: undefined, ...this.#phase }
  }

  async close() {
    const { state } = this.#phase
    clearTimeout(this.#retry)
    clearInterval(this.#watch)
    if (state === 'connected') this.#intake.turn('ended')
    this.#enter({ state: 'stopped' })
    this.#dialled?.drop('closed')
    const patience = setTimeout(() => this.#stopping.abort(), CLOSE_WAITS_MS)
    await this.#intake.close()
    clearTimeout(patience)
    clearTimeout(this.#announcing)
  }

  #enter(next: Omit<Phase, 'since'>) {
    this.#phase = { ...next, since: Date.now() }
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

type Timer = ReturnType<typeof setTimeout> | undefined

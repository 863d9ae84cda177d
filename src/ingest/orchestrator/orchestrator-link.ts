import { storeInOrder, untilLogAnswers } from '../accept/store-with-retry.ts'
import type { LinkCounters } from './link-counters.ts'
import { LINK_TIMING, type LinkDeps, type LinkTiming, type OrchestratorLink, retryDelayMs } from './link.ts'
import { LOSS_REASONS } from './link-news.ts'
import { openLinkReports } from './link-reports.ts'
import { Intake } from './orchestrator-intake.ts'
import { type Dialled, dialOrchestrator } from './orchestrator-socket.ts'
import { shownUrl } from './shared-health.ts'
import type { LinkHealth } from '../../domain/summary/link-health.ts'

/** A connection that ends this soon after slow reading was probably closed for it. */
const CUT_MS = 5_000
const CLOSE_WAITS_MS = 5_000

type LinkPhase = { state: LinkHealth['state']; since: number; nextAttemptAt?: number }

/** Follows one orchestrator until closed, and reconnects when the connection is lost. */
export function openOrchestratorLink(deps: LinkDeps): OrchestratorLink {
  const link = new Link(deps)
  // The caller may not be ready for `onHealth` yet.
  queueMicrotask(() => link.dial())
  return { health: () => link.health(), askAgain: () => link.askAgain(), close: () => link.close() }
}

class Link {
  #timing: LinkTiming
  #shownUrl: string
  #stopping = new AbortController()
  #reports: ReturnType<typeof openLinkReports>
  #counters: LinkCounters
  #intake: Intake
  #phase: LinkPhase = { state: 'connecting', since: Date.now() }
  #attempts = 0
  #connectionProblem: string | undefined
  #dialled: Dialled | undefined
  #retry: Timer
  #again: Timer
  #watch: Timer
  #announcing: Timer
  #heardAt = 0
  #isSlowed = false
  #roomAt = 0
  #isLost = false
  #askedAt = 0

  constructor(private readonly deps: LinkDeps) {
    const { orchestrator, onError } = deps
    this.#timing = { ...LINK_TIMING, ...deps.timing }
    this.#reports = openLinkReports({ ...deps, ...this.#timing, changed: () => this.#announce() })
    this.#counters = this.#reports.counters
    const storing = { accept: this.#reports.accept, counters: this.#counters, onError, signal: this.#stopping.signal }
    this.#shownUrl = shownUrl(orchestrator.url)
    this.#intake = new Intake({
      scope: { name: orchestrator.name, projects: orchestrator.projects },
      store: (events) => storeInOrder(events, storing),
      stateOf: (project) => untilLogAnswers(() => deps.stateOf(project), storing),
      ask: () => this.#ask(),
      slowed: (isSlowed) => this.#slow(isSlowed),
      counters: this.#counters,
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
      binary: () => this.#counters.refuse('a binary frame'),
      ended: (problem) => this.#ended(problem),
    })
  }

  #opened() {
    const { silentMs, muteMs } = this.#timing
    this.#connectionProblem = undefined
    this.#heardAt = Date.now()
    this.#reports.tell({ kind: 'connected', awaySeconds: this.#isLost ? Math.round((Date.now() - this.#phase.since) / 1_000) : undefined })
    this.#isLost = false
    this.#reports.back()
    this.#enter({ state: 'connected' })
    this.#intake.turn('opened')
    this.#ask()
    this.#watch = setInterval(() => this.#listenForSilence(), Math.min(silentMs, muteMs) / 4)
  }

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
    // Pings were not heard while reading was paused.
    this.#heardAt = Date.now()
    this.#dialled?.pause(isSlowed)
    if (isSlowed) this.#reports.tell({ kind: 'slowed' })
    else this.#roomAt = Date.now()
    this.#announce()
  }

  /** Pings find dead connections; questions find changes that were never broadcast. */
  #listenForSilence() {
    if (this.#isSlowed) return
    const now = Date.now()
    const isUnanswered = this.#heardAt < this.#askedAt
    const lastSignAt = Math.max(this.#counters.read().lastFrameAt ?? 0, this.#askedAt)
    if (isUnanswered && now - this.#askedAt >= this.#timing.muteMs) {
      this.#reports.gone(this.#heardAt)
      this.#dialled?.drop(`nothing heard from ${this.#shownUrl}`)
    }
    if (isUnanswered || now - lastSignAt < this.#timing.silentMs) return
    this.#ask()
    this.#dialled?.ping()
  }

  #ended(problem: string) {
    clearInterval(this.#watch)
    const { state, since } = this.#phase
    if (state === 'stopped') return
    if (state === 'connected') {
      this.#intake.turn('ended')
      this.#reports.gone(Date.now())
    }
    if (state === 'connected' && Date.now() - since >= this.#timing.stableMs) this.#attempts = 0
    this.#connectionProblem = problem
    if (!this.#isLost) this.#reports.tell({ kind: 'lost', problem })
    this.#isLost = true
    const wasCut = state === 'connected' && Date.now() - this.#roomAt < CUT_MS
    if (wasCut) this.#counters.missing({ reason: LOSS_REASONS.cut, project: undefined, detail: problem, count: undefined })
    const delayMs = retryDelayMs(this.#timing, this.#attempts)
    this.#enter({ state: 'waiting', nextAttemptAt: Date.now() + delayMs })
    this.#retry = setTimeout(() => void this.#dialOnceTaken().catch(this.deps.onError), delayMs)
  }

  async #dialOnceTaken() {
    await this.#intake.idle()
    this.dial()
  }

  health(): LinkHealth {
    const { frameProblem, storeProblem, ...counts } = this.#counters.read()
    const lastProblem = storeProblem ?? this.#connectionProblem ?? frameProblem
    const link = { name: this.deps.orchestrator.name, url: this.#shownUrl, attempts: this.#attempts, framesWaiting: this.#intake.waiting() }
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
    await this.#reports.close()
    clearTimeout(patience)
    clearTimeout(this.#announcing)
  }

  #enter(next: Omit<LinkPhase, 'since'>) {
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

import type { OrchestratorConfig } from '../config/config.ts'
import type { NewEvent } from '../domain/event.ts'
import { storeInOrder, untilLogAnswers } from './durable-store.ts'
import { type LinkHealth, openTally } from './link-health.ts'
import type { KnownState } from './orchestrator-frames.ts'
import { openIntake } from './orchestrator-intake.ts'
import { type Dialled, dialOrchestrator } from './orchestrator-socket.ts'

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

export type LinkTiming = typeof TIMING

export type OrchestratorLink = {
  health(): LinkHealth
  /** Stops listening, stores what came, and forgets the rest when the log is away. */
  close(): Promise<void>
}

const TIMING = {
  connectMs: 10_000,
  firstDelayMs: 500,
  longestDelayMs: 30_000,
  /** A connection that lived so long was a good one: the next loss begins with the first delay again. */
  stableMs: 10_000,
  /** How long live frames wait for the history after a connect. */
  historyMs: 2_000,
  /** How long held frames wait for the next connection's history after a loss. */
  rejoinMs: 5_000,
  answerMs: 2_000,
  /** Orchestrators ping every 20 s: after this time without a frame they are asked, which finds what was never broadcast. */
  silentMs: 60_000,
  /** How long after that question not even a pong may come. */
  muteMs: 10_000,
  healthMs: 1_000,
}
const JITTER = 0.25
const CLOSE_WAITS_MS = 5_000

/** Follows one orchestrator until closed, whatever it sends and however often it goes away. */
export function openOrchestratorLink(deps: LinkDeps): OrchestratorLink {
  const { orchestrator, onError } = deps
  const timing = { ...TIMING, ...deps.timing }
  const { url, name, projects, token } = orchestrator
  const shownUrl = withoutCredentials(url)
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token.reveal()}` } : {}
  const stopping = new AbortController()
  const tally = openTally(announce)
  const storing = { accept: deps.accept, tally, onError, signal: stopping.signal }
  const intake = openIntake({
    scope: { name, projects },
    store: (events) => storeInOrder(events, storing),
    stateOf: (project) => untilLogAnswers(() => deps.stateOf(project), storing),
    ask,
    tally,
    onError,
    timing,
  })
  let phase: { state: LinkHealth['state']; since: number; nextAttemptAt?: number } = { state: 'connecting', since: Date.now() }
  let attempts = 0
  let connectionProblem: string | undefined
  let dialled: Dialled | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let watch: ReturnType<typeof setInterval> | undefined
  let announcing: ReturnType<typeof setTimeout> | undefined
  let heardAt = 0
  let askedAt = 0

  function enter(next: Omit<typeof phase, 'since'>) {
    phase = { ...next, since: Date.now() }
    deps.onHealth(health())
  }

  function announce() {
    announcing ??= setTimeout(() => {
      announcing = undefined
      deps.onHealth(health())
    }, timing.healthMs)
  }

  function dial() {
    attempts++
    enter({ state: 'connecting' })
    const { connectMs } = timing
    dialled = dialOrchestrator({ url, shownUrl, headers, connectMs, opened, heard, text, binary, ended })
  }

  function opened() {
    connectionProblem = undefined
    heardAt = Date.now()
    enter({ state: 'connected' })
    intake.opened()
    ask()
    watch = setInterval(listenForSilence, Math.min(timing.silentMs, timing.muteMs) / 4)
  }

  function ask() {
    askedAt = Date.now()
    dialled?.ask('get_history')
    dialled?.ask('get_current_state')
  }

  const heard = () => void (heardAt = Date.now())

  function text(frame: string) {
    intake.text(frame, Date.now())
    if (intake.isFull()) dialled?.drop('frames come faster than they can be stored; what is missed now comes from the history')
  }

  const binary = () => tally.refuse('a binary frame')

  /** The ping finds a dead connection, for every websocket answers it; the questions find an orchestrator that forgot us. */
  function listenForSilence() {
    const now = Date.now()
    const isUnanswered = heardAt < askedAt
    if (isUnanswered && now - askedAt >= timing.muteMs) return dialled?.drop(`nothing heard from ${shownUrl}`)
    if (isUnanswered || now - Math.max(tally.read().lastFrameAt ?? 0, askedAt) < timing.silentMs) return
    ask()
    dialled?.ping()
  }

  function ended(problem: string) {
    clearInterval(watch)
    if (phase.state === 'stopped') return
    connectionProblem = problem
    const wasStable = phase.state === 'connected' && Date.now() - phase.since >= timing.stableMs
    if (phase.state === 'connected') intake.ended()
    if (wasStable) attempts = 0
    const steady = Math.min(timing.firstDelayMs * 2 ** Math.max(attempts - 1, 0), timing.longestDelayMs)
    const delayMs = steady * (1 + JITTER * (2 * Math.random() - 1))
    enter({ state: 'waiting', nextAttemptAt: Date.now() + delayMs })
    retry = setTimeout(() => void dialOnceTaken().catch(onError), delayMs)
  }

  /** What was received comes before the next connection's history. */
  async function dialOnceTaken() {
    await intake.idle()
    if (phase.state === 'waiting') dial()
  }

  function health(): LinkHealth {
    const counts = tally.read()
    const wait =
      phase.nextAttemptAt === undefined ? '' : `; trying again in ${Math.max(Math.ceil((phase.nextAttemptAt - Date.now()) / 1000), 0)} s`
    const lastProblem = connectionProblem === undefined ? counts.lastProblem : `${connectionProblem}${wait}`
    return { ...counts, name, url: shownUrl, attempts, framesWaiting: intake.waiting(), lastProblem, nextAttemptAt: undefined, ...phase }
  }

  async function close() {
    clearTimeout(retry)
    clearInterval(watch)
    if (phase.state === 'connected') intake.ended()
    enter({ state: 'stopped' })
    dialled?.drop('closed')
    const patience = setTimeout(() => stopping.abort(), CLOSE_WAITS_MS)
    await intake.close()
    clearTimeout(patience)
    clearTimeout(announcing)
  }

  dial()
  return { health, close }
}

/** Tokens hide in the user part and in the query. */
function withoutCredentials(url: string): string {
  const { protocol, host, pathname } = URL.parse(url) ?? {}
  return protocol === undefined ? url : `${protocol}//${host}${pathname}`
}

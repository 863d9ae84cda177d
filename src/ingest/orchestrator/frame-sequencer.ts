import { clockOffset, parseStatedTime } from '../../domain/events/stated-time.ts'
import type { LinkCounters } from './link-counters.ts'
import type { Frame } from './frame.ts'
import { LOSS_REASONS } from './link-news.ts'
import { type ClaimedEvent, type KnownState, translateFrame, type Translation, UNKNOWN } from './translate-frame.ts'
import { comparedProjects, type LinkScope } from './link-scope.ts'

export type FrameSequencerDeps = {
  scope: { name: string; projects: readonly string[] | undefined }
  store(events: readonly ClaimedEvent[]): Promise<void>
  stateOf(project: string): Promise<KnownState>
  ask(): void
  later(step: Incoming, delayMs: number): void
  counters: LinkCounters
  timing: { historyMs: number; rejoinMs: number; answerMs: number }
}

export type Incoming =
  | { kind: 'frame'; frame: Frame; receivedAt: number; bytes: number }
  | { kind: 'opened' | 'ended' | 'closing' }
  | { kind: 'history overdue' | 'answer overdue'; round: number }

type Doubt = { frame: Frame; claims: ReadonlySet<string>; questions: number }

const HELD_LIMIT = 1_000
const HELD_LIMIT_BYTES = 8 * 1024 * 1024
/** A state that contradicts ours differently each time is believed after this many questions. */
const QUESTIONS = 3
const REPEATED = new Set(['workflow_transition', 'tdd_transition', 'tdd_cycle_started', 'tdd_cycle_completed'])

/**
 * Orders an orchestrator's unnumbered frames, and takes each change once. Two rules:
 * - Live frames wait for the history after a connect, because it holds what was missed before them; but not for long.
 * - A state that contradicts ours may only be ahead of its transition. History and state are asked for again, and only a
 * difference that remains after both is inferred.
 */
export class FrameSequencer {
  #scope: LinkScope
  #unstored: ClaimedEvent[] = []
  #isConnected = false
  #isHolding = false
  #isHistoryLate = false
  #isHistoryNew = false
  #held: Frame[] = []
  #heldBytes = 0
  #heldState: Frame | undefined
  #doubt: Doubt | undefined
  #round = 0

  constructor(private readonly deps: FrameSequencerDeps) {
    this.#scope = { ...deps.scope, offsetMs: undefined }
  }

  unstored = () => this.#unstored.length
  held = () => this.#held.length

  async flush() {
    const events = this.#unstored
    this.#unstored = []
    if (events.length > 0) await this.deps.store(events)
  }

  async take(step: Incoming): Promise<void> {
    const { timing } = this.deps
    switch (step.kind) {
      case 'frame':
        if (step.frame.type !== 'transition_history') this.#learnOffset(step)
        return this.#takeFrame(step)
      case 'opened':
        this.#isConnected = this.#isHolding = true
        this.#isHistoryLate = false
        this.#isHistoryNew = true
        return this.#later('history overdue', timing.historyMs)
      case 'ended':
        this.#isConnected = false
        this.#doubt = undefined
        return this.#isHolding ? this.#later('history overdue', timing.rejoinMs) : undefined
      case 'history overdue':
        return this.#isHolding && step.round === this.#round ? this.#releaseWithoutHistory() : undefined
      case 'answer overdue':
        return this.#doubt && step.round === this.#round ? this.#conclude(this.#doubt) : undefined
      case 'closing':
        // The next connection's history repeats these in their place.
        this.#held = this.#held.filter(({ type }) => !REPEATED.has(type))
        return this.#release()
    }
  }

  #later(kind: 'history overdue' | 'answer overdue', delayMs: number) {
    this.deps.later({ kind, round: ++this.#round }, delayMs)
  }

  #learnOffset({ frame, receivedAt }: { frame: Frame; receivedAt: number }) {
    const stated = typeof frame.timestamp === 'string' ? parseStatedTime(frame.timestamp) : undefined
    if (stated && !stated.isZoned) this.#scope.offsetMs = clockOffset(receivedAt, stated)
  }

  async #takeFrame({ frame, bytes }: { frame: Frame; bytes: number }): Promise<void> {
    if (frame.type === 'error') return this.#takeErrorAnswer(frame)
    if (frame.type === 'current_state') return this.#takeState(frame)
    if (frame.type === 'transition_history') return this.#takeHistory(frame)
    if (!this.#isHolding) return this.#translate(frame)
    this.#held.push(frame)
    this.#heldBytes += bytes
    if (this.#held.length >= HELD_LIMIT || this.#heldBytes >= HELD_LIMIT_BYTES) await this.#releaseWithoutHistory()
  }

  async #takeErrorAnswer({ message }: Frame) {
    this.deps.counters.answeredError(message)
    if (this.#isHolding && typeof message === 'string' && message.includes('get_history')) await this.#releaseWithoutHistory()
  }

  async #takeHistory(frame: Frame) {
    if (this.#isHistoryNew) {
      await this.flush()
      const missing = await missingBefore(frame, { scope: this.#scope, stateOf: this.deps.stateOf })
      for (const project of missing) this.deps.counters.missing({ reason: LOSS_REASONS.history, project, count: undefined })
    }
    this.#isHistoryNew = false
    if (this.#isHolding) return this.#release(frame)
    this.#translate(frame)
    if (!this.#isHistoryLate) return
    this.#isHistoryLate = false
    this.deps.ask()
  }

  async #takeState(frame: Frame) {
    if (this.#isHolding) this.#heldState = frame
    else await this.#reconcile(frame)
  }

  async #release(history?: Frame) {
    const frames = history ? [history, ...this.#held] : this.#held
    this.#isHolding = false
    this.#held = []
    this.#heldBytes = 0
    this.#heldState = undefined
    for (const frame of frames) this.#translate(frame)
    await this.flush()
  }

  /** The state sent on connect is older than a history; without one it is all we have. */
  async #releaseWithoutHistory() {
    const state = this.#heldState
    this.#isHistoryLate = true
    await this.#release()
    if (state && this.#isConnected) await this.#reconcile(state)
  }

  async #reconcile(frame: Frame) {
    const claims = await this.#claimsOf(frame)
    const questions = (this.#doubt?.questions ?? 0) + 1
    const asked = this.#doubt?.claims ?? new Set<string>()
    const isCertain = ({ claim }: ClaimedEvent) => questions > QUESTIONS || (claim !== undefined && asked.has(claim))
    this.#unstored.push(...claims.filter(isCertain))
    const doubtful = claims.filter((claimed) => !isCertain(claimed)).flatMap(({ claim }) => claim ?? [])
    this.#doubt = undefined
    if (doubtful.length === 0) return
    this.#doubt = { frame, claims: new Set(doubtful), questions }
    this.deps.ask()
    this.#later('answer overdue', this.deps.timing.answerMs)
  }

  /** Nobody answered: claims that still contradict our state are accepted. */
  async #conclude({ frame, claims }: Doubt) {
    this.#doubt = undefined
    const again = await this.#claimsOf(frame)
    this.#unstored.push(...again.filter(({ claim }) => claim !== undefined && claims.has(claim)))
  }

  async #claimsOf(frame: Frame): Promise<ClaimedEvent[]> {
    await this.flush()
    const states = new Map<string, KnownState>()
    for (const project of comparedProjects(frame, this.#scope)) states.set(project, await this.deps.stateOf(project))
    return this.#counted(translateFrame(frame, this.#scope, (project) => states.get(project) ?? UNKNOWN))
  }

  #translate(frame: Frame) {
    this.#unstored.push(...this.#counted(translateFrame(frame, this.#scope, () => UNKNOWN)))
  }

  #counted({ events, dropped, refused }: Translation): ClaimedEvent[] {
    for (const name of dropped) this.deps.counters.drop(name)
    for (const { problem, project } of refused) this.deps.counters.refuse(problem, { project })
    return events
  }
}

/** Orchestrators remember this many transitions. */
const FULL_HISTORY = 50

type Deps = { scope: LinkScope; stateOf(project: string): Promise<KnownState> }

/** Projects that lost transitions: a full history knows none of ours, though the orchestrator was heard before. */
export async function missingBefore(frame: Frame, { scope, stateOf }: Deps): Promise<string[]> {
  const { history } = frame
  if (!Array.isArray(history) || history.length < FULL_HISTORY) return []
  const { events } = translateFrame(frame, scope, () => UNKNOWN)
  const missing: string[] = []
  for (const [project, reported] of Map.groupBy(events, (claimed) => claimed.project)) {
    const { words, transitions } = await stateOf(project)
    const known = new Set(transitions.map(({ timestamp, to }) => `${timestamp} ${to}`))
    if (reported.some(({ event }) => 'new_state' in event && known.has(`${event.timestamp} ${String(event.new_state)}`))) return []
    if ([...words.values()].some(({ source }) => source === scope.name)) missing.push(project)
  }
  return missing
}

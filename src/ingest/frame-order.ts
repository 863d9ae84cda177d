import { clockOffset, parseStatedTime } from '../domain/stated-time.ts'
import type { Tally } from './link-health.ts'
import type { Frame } from './orchestrator-frame.ts'
import { type ClaimedEvent, type KnownState, translateFrame, type Translation } from './orchestrator-frames.ts'
import { comparedProjects, type LinkScope } from './orchestrator-scope.ts'

export type FrameOrderDeps = {
  scope: { name: string; projects: readonly string[] | undefined }
  /** Stores events in order; rejects only for what can never be stored. */
  store(events: readonly ClaimedEvent[]): Promise<void>
  /** The state after everything that was stored. */
  stateOf(project: string): Promise<KnownState>
  /** Asks the orchestrator for its history and then for its current state. */
  ask(): void
  /** Takes a step after a while, instead of the one that was to come later before. */
  later(step: Step, delayMs: number): void
  tally: Tally
  onError(error: unknown): void
  timing: { historyMs: number; rejoinMs: number; answerMs: number }
}

export type Step =
  | { kind: 'frame'; frame: Frame; receivedAt: number }
  | { kind: 'opened' | 'ended' | 'closing' }
  | { kind: 'history overdue' | 'answer overdue'; round: number }

type Doubt = { frame: Frame; claims: ReadonlySet<string>; questions: number }

const HELD_LIMIT = 1_000
/** A current state that contradicts us in another way each time is taken at its word after so many questions. */
const QUESTIONS = 3
/** What an orchestrator repeats in its history. */
const REPEATED = new Set(['workflow_transition', 'tdd_transition', 'tdd_cycle_started', 'tdd_cycle_completed'])
const UNKNOWN: KnownState = { workflow: { state: '', hasTransition: true, offset: 0 }, cycles: new Map() }

/**
 * Brings an orchestrator's frames into the order in which things happened, each change once, although frames carry no
 * numbers. Two rules make that so:
 *
 * After a connect, live frames are held until the history has come, for it holds what was missed before them; a history
 * that does not come in time is not waited for.
 *
 * A current state that contradicts what is known proves nothing: its transition may still be under way to us. So the
 * history and the state are asked for again, and only a difference that stands after both is inferred.
 */
export function openFrameOrder(deps: FrameOrderDeps) {
  const { tally, timing } = deps
  const scope: LinkScope = { ...deps.scope, offsetMs: undefined }
  let unstored: ClaimedEvent[] = []
  let isConnected = false
  let isHolding = false
  let held: Frame[] = []
  let heldState: Frame | undefined
  let doubt: Doubt | undefined
  let round = 0

  async function flush() {
    const events = unstored
    unstored = []
    if (events.length > 0) await deps.store(events)
  }

  async function take(step: Step) {
    switch (step.kind) {
      case 'frame':
        if (step.frame.type !== 'transition_history') learnOffset(step)
        return takeFrame(step.frame)
      case 'opened':
        isConnected = isHolding = true
        return later('history overdue', timing.historyMs)
      case 'ended':
        isConnected = false
        doubt = undefined
        // A link that comes back soon brings the history that belongs before what is held.
        return isHolding ? later('history overdue', timing.rejoinMs) : undefined
      case 'history overdue':
        return isHolding && step.round === round ? releaseWithoutHistory() : undefined
      case 'answer overdue':
        return doubt && step.round === round ? conclude(doubt) : undefined
      case 'closing':
        // The next connection's history tells them again, in their place.
        held = held.filter(({ type }) => !REPEATED.has(type))
        return release(undefined)
    }
  }

  const later = (kind: 'history overdue' | 'answer overdue', delayMs: number) => deps.later({ kind, round: ++round }, delayMs)

  function learnOffset({ frame, receivedAt }: { frame: Frame; receivedAt: number }) {
    const stated = typeof frame.timestamp === 'string' ? parseStatedTime(frame.timestamp) : undefined
    if (stated && !stated.isZoned) scope.offsetMs = clockOffset(receivedAt, stated)
  }

  async function takeFrame(frame: Frame) {
    if (frame.type === 'error') return takeErrorAnswer(frame)
    if (frame.type === 'current_state' && isHolding) return void (heldState = frame)
    if (frame.type === 'current_state') return reconcile(frame)
    if (!isHolding) return void unstored.push(...translated(frame))
    if (frame.type === 'transition_history') return release(frame)
    held.push(frame)
    if (held.length >= HELD_LIMIT) await releaseWithoutHistory()
  }

  async function takeErrorAnswer({ message }: Frame) {
    tally.answeredError(message)
    if (isHolding && typeof message === 'string' && message.includes('get_history')) await releaseWithoutHistory()
  }

  async function release(history: Frame | undefined) {
    isHolding = false
    const frames = history ? [history, ...held] : held
    held = []
    heldState = undefined
    for (const frame of frames) unstored.push(...translated(frame))
    await flush()
  }

  /** The state told on connect is older than a history, and then worthless; without a history it is all there is. */
  async function releaseWithoutHistory() {
    const state = heldState
    await release(undefined)
    if (state && isConnected) await reconcile(state)
  }

  async function reconcile(frame: Frame) {
    const claims = await claimsOf(frame)
    const questions = (doubt?.questions ?? 0) + 1
    const asked = doubt?.claims
    const isCertain = ({ claim }: ClaimedEvent) => questions > QUESTIONS || (claim !== undefined && asked?.has(claim) === true)
    unstored.push(...claims.filter(isCertain))
    const doubtful = claims.filter((claimed) => !isCertain(claimed))
    doubt = undefined
    if (doubtful.length === 0) return
    doubt = { frame, claims: new Set(doubtful.flatMap(({ claim }) => claim ?? [])), questions }
    deps.ask()
    later('answer overdue', timing.answerMs)
  }

  /** Nobody answered: what was claimed and still contradicts us is all that we will hear. */
  async function conclude({ frame, claims }: Doubt) {
    doubt = undefined
    const again = await claimsOf(frame)
    unstored.push(...again.filter(({ claim }) => claim !== undefined && claims.has(claim)))
  }

  async function claimsOf(frame: Frame): Promise<ClaimedEvent[]> {
    await flush()
    const states = new Map<string, KnownState>()
    for (const project of comparedProjects(frame, scope)) states.set(project, await deps.stateOf(project))
    return counted(translateFrame(frame, scope, (project) => states.get(project) ?? UNKNOWN))
  }

  const translated = (frame: Frame) => counted(translateFrame(frame, scope, () => UNKNOWN))

  function counted({ events, dropped, refused }: Translation): ClaimedEvent[] {
    for (const name of dropped) tally.drop(name)
    for (const problem of refused) tally.refuse(problem)
    return events
  }

  return { take, flush, unstored: () => unstored.length, held: () => held.length }
}

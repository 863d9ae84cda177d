import { type FrameOrderDeps, openFrameOrder, type Step } from './frame-order.ts'
import { readFrame } from './orchestrator-frame.ts'

export type Intake = {
  opened(): void
  text(frame: string, receivedAt: number): void
  ended(): void
  /** Frames that came and are not stored yet. */
  waiting(): number
  /** No more should be received now. */
  isFull(): boolean
  /** Resolves once everything that came was taken. */
  idle(): Promise<void>
  /** Stores what it may, then stops. */
  close(): Promise<void>
}

const WAITING_LIMIT = 2_000
const WAITING_LIMIT_CHARACTERS = 16 * 1024 * 1024
const BATCH = 500

/** Takes an orchestrator's frames one after the other, however slowly they can be stored; bounded by whoever asks `isFull`. */
export function openIntake(deps: Omit<FrameOrderDeps, 'later'>): Intake {
  const steps: { step: Step; characters: number }[] = []
  let waitingCharacters = 0
  let working: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function later(step: Step, delayMs: number) {
    clearTimeout(timer)
    timer = setTimeout(() => push(step), delayMs)
  }
  const order = openFrameOrder({ ...deps, later })

  function push(step: Step, characters = 0) {
    waitingCharacters += characters
    steps.push({ step, characters })
    working ??= work().finally(() => {
      working = undefined
    })
  }

  async function work() {
    for (let next = steps.shift(); next; next = steps.shift()) {
      await order.take(next.step).catch(deps.onError)
      if (steps.length === 0 || order.unstored() >= BATCH) await order.flush().catch(deps.onError)
      waitingCharacters -= next.characters
    }
  }

  async function idle() {
    while (working) await working
  }

  return {
    opened: () => push({ kind: 'opened' }),
    ended: () => push({ kind: 'ended' }),
    text(text, receivedAt) {
      deps.tally.frame(receivedAt)
      const read = readFrame(text)
      if ('problem' in read) return deps.tally.refuse(read.problem)
      push({ kind: 'frame', frame: read.frame, receivedAt }, text.length)
    },
    waiting: () => steps.length + order.held() + order.unstored(),
    isFull: () => steps.length >= WAITING_LIMIT || waitingCharacters >= WAITING_LIMIT_CHARACTERS,
    idle,
    async close() {
      push({ kind: 'closing' })
      await idle()
      clearTimeout(timer)
    },
  }
}

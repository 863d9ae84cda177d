import { FrameOrder, type FrameOrderDeps, type Step } from './frame-order.ts'
import { readFrame } from './orchestrator-frame.ts'

export type IntakeDeps = Omit<FrameOrderDeps, 'later'> & { onError(error: unknown): void }

const WAITING_LIMIT = 2_000
const WAITING_LIMIT_CHARACTERS = 16 * 1024 * 1024
const BATCH = 500

/** Takes an orchestrator's frames one after the other, however slowly they can be stored; bounded by whoever asks `isFull`. */
export class Intake {
  #order: FrameOrder
  #steps: { step: Step; characters: number }[] = []
  #characters = 0
  #working: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly deps: IntakeDeps) {
    this.#order = new FrameOrder({ ...deps, later: (step, delayMs) => this.#later(step, delayMs) })
  }

  /** A connection opened, or ended. */
  turn(kind: 'opened' | 'ended') {
    this.#push({ kind })
  }

  text(text: string, receivedAt: number) {
    this.deps.tally.frame(receivedAt)
    const read = readFrame(text)
    if ('problem' in read) this.deps.tally.refuse(read.problem)
    else this.#push({ kind: 'frame', frame: read.frame, receivedAt }, text.length)
  }

  /** Frames that came and are not stored yet. */
  waiting(): number {
    return this.#steps.length + this.#order.held() + this.#order.unstored()
  }

  /** No more should be received now. */
  isFull(): boolean {
    return this.#steps.length >= WAITING_LIMIT || this.#characters >= WAITING_LIMIT_CHARACTERS
  }

  /** Resolves once everything that came was taken. */
  async idle() {
    while (this.#working) await this.#working
  }

  /** Stores what it may, then stops. */
  async close() {
    this.#push({ kind: 'closing' })
    await this.idle()
    clearTimeout(this.#timer)
  }

  #later(step: Step, delayMs: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#push(step), delayMs)
  }

  #push(step: Step, characters = 0) {
    this.#characters += characters
    this.#steps.push({ step, characters })
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async #work() {
    for (let next = this.#steps.shift(); next; next = this.#steps.shift()) {
      await this.#order.take(next.step).catch(this.deps.onError)
      if (this.#steps.length === 0 || this.#order.unstored() >= BATCH) await this.#order.flush().catch(this.deps.onError)
      this.#characters -= next.characters
    }
    this.deps.tally.drained()
  }
}

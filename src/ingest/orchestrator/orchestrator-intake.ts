import { FrameSequencer, type FrameSequencerDeps, type Incoming } from './frame-sequencer.ts'
import { readFrame } from './frame.ts'

export type IntakeDeps = Omit<FrameSequencerDeps, 'later'> & {
  slowed(isSlowed: boolean): void
  onError(error: unknown): void
}

const MIB = 1024 * 1024
/** Reading stops at the first bound and goes on at the second, so that it does not switch with each frame. */
const FULL_BYTES = 16 * MIB
const ROOM_BYTES = 4 * MIB
const FRAME_BYTES = 512
const BATCH = 500
const BATCH_BYTES = 4 * MIB

type Waiting = { step: Incoming; bytes: number }

/** Queues an orchestrator's frames for storing. The queue is bounded by slowing the reader: no frame is dropped. */
export class Intake {
  #sequencer: FrameSequencer
  #steps: Waiting[] = []
  #bytes = 0
  #isSlowed = false
  #working: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly deps: IntakeDeps) {
    this.#sequencer = new FrameSequencer({ ...deps, later: (step, delayMs) => this.#later(step, delayMs) })
  }

  turn(kind: 'opened' | 'ended') {
    this.#push({ kind })
  }

  text(text: string, receivedAt: number) {
    this.deps.counters.frame(receivedAt)
    const read = readFrame(text)
    const bytes = text.length + FRAME_BYTES
    if ('problem' in read) this.deps.counters.refuse(read.problem)
    else this.#push({ kind: 'frame', frame: read.frame, receivedAt, bytes }, bytes)
  }

  waiting(): number {
    return this.#steps.length + this.#sequencer.held() + this.#sequencer.unstored()
  }

  async idle() {
    while (this.#working) await this.#working
  }

  async close() {
    this.#push({ kind: 'closing' })
    await this.idle()
    clearTimeout(this.#timer)
  }

  #later(step: Incoming, delayMs: number) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#push(step), delayMs)
  }

  #push(step: Incoming, bytes = 0) {
    this.#steps.push({ step, bytes })
    this.#count(bytes)
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  #count(bytes: number) {
    this.#bytes += bytes
    const isSlowed = this.#bytes >= FULL_BYTES || (this.#isSlowed && this.#bytes > ROOM_BYTES)
    if (isSlowed === this.#isSlowed) return
    this.#isSlowed = isSlowed
    this.deps.slowed(isSlowed)
  }

  async #work() {
    while (this.#steps.length > 0) {
      const part = this.#steps.slice(0, BATCH)
      await this.#take(part)
    }
    this.deps.counters.drained()
  }

  async #take(part: readonly Waiting[]) {
    let taken = 0
    let bytes = 0
    for (const next of part) {
      await this.#sequencer.take(next.step).catch(this.deps.onError)
      taken += 1
      bytes += next.bytes
      if (bytes >= BATCH_BYTES || this.#sequencer.unstored() >= BATCH) break
    }
    this.#steps.splice(0, taken)
    await this.#sequencer.flush().catch(this.deps.onError)
    this.#count(-bytes)
  }
}

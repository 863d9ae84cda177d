import { setImmediate } from 'node:timers/promises'
import { appendingFile } from './append-file.ts'
import { LineQueue } from './line-queue.ts'
import type { Rotation } from './rotate-file.ts'

export type LogFileOptions = {
  path: string
  /** Undefined: something outside rotates, and `reopen` follows. */
  rotation: Rotation | undefined
  /** Lines that wait for the disk; what comes beyond them is dropped. */
  queueBytes?: number
  /** Once when the file cannot be written any more. */
  onAway(problem: unknown): void
  /** Once when it can be again, with the lines that were dropped in between. */
  onBack(dropped: number): void
  onDropped(lines: number): void
}

const QUEUE_BYTES = 4 * 1024 * 1024
const RETRY_MS = 1_000
/** A disk that answers nothing keeps the program no longer than this from its end. */
const CLOSE_MS = 2_000

/** A file of lines that several processes share. A disk that is full or gone never stops the program: lines wait, then are dropped. */
export class LogFile {
  readonly #options: LogFileOptions
  readonly #file: ReturnType<typeof appendingFile>
  readonly #queue: LineQueue
  #isReopening = false
  #writing: Promise<void> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  /** Lines dropped since the file went away; undefined while it is there. */
  #droppedAway: number | undefined

  constructor(options: LogFileOptions) {
    this.#options = options
    this.#file = appendingFile(options.path, options.rotation)
    this.#queue = new LineQueue(options.queueBytes ?? QUEUE_BYTES)
  }

  /** Takes a whole line with its end; written soon. Never throws, never waits. */
  write(line: string): void {
    if (!this.#queue.add(line)) return this.#dropped(1)
    if (this.#retry === undefined) this.#start()
  }

  /** Opens the file at the path anew, as after logrotate renamed it. */
  reopen(): void {
    this.#isReopening = true
    this.#start()
  }

  /** Writes what is left, if it can be written. */
  async close(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, CLOSE_MS)
    await Promise.race([this.#idle(), late])
    clearTimeout(timer)
    clearTimeout(this.#retry)
    const left = this.#queue.clear()
    if (left > 0) this.#dropped(left)
    await this.#file.close()
  }

  async #idle() {
    this.#start()
    while (this.#writing !== undefined) await this.#writing
  }

  #start() {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
      if (this.#retry === undefined && (this.#isReopening || !this.#queue.isEmpty)) this.#start()
    })
  }

  async #writeAll() {
    // Lines of the same turn go in one write.
    await setImmediate()
    while (this.#isReopening || !this.#queue.isEmpty) {
      if (this.#isReopening) await this.#file.close()
      this.#isReopening = false
      const { written, problem } = await this.#file.append(this.#queue.take())
      this.#queue.written(written)
      if (problem !== undefined) return this.#away(problem)
      this.#back()
    }
  }

  #away(problem: unknown) {
    if (this.#droppedAway === undefined) {
      this.#droppedAway = 0
      this.#options.onAway(problem)
    }
    this.#retry = setTimeout(() => this.#start(), RETRY_MS)
  }

  #back() {
    if (this.#droppedAway === undefined) return
    const dropped = this.#droppedAway
    this.#droppedAway = undefined
    this.#options.onBack(dropped)
  }

  #dropped(lines: number) {
    if (this.#droppedAway !== undefined) this.#droppedAway += lines
    this.#options.onDropped(lines)
  }
}

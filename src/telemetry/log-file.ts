import { setImmediate } from 'node:timers/promises'
import { appendingFile } from './append-file.ts'
import type { Rotation } from './rotate-file.ts'

/** One write: small enough not to block the event loop or other processes. */
const WRITE_BYTES = 256 * 1024
const LINE_END = 10
const NOTHING: Uint8Array = new Uint8Array()

class LineQueue {
  readonly #limit: number
  #lines: string[] = []
  #waiting = 0
  #rest = NOTHING

  constructor(limit: number) {
    this.#limit = limit
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#rest.byteLength === 0
  }

  add(line: string): boolean {
    if (this.#waiting + line.length > this.#limit) return false
    this.#lines.push(line)
    this.#waiting += line.length
    return true
  }

  /** The next write: whole lines, starting with those that an earlier write left. */
  take(): Uint8Array {
    if (this.#rest.byteLength > 0) return this.#rest
    let size = 0
    const end = this.#lines.findIndex((line) => (size += line.length) > WRITE_BYTES)
    const taken = this.#lines.splice(0, end === -1 ? this.#lines.length : Math.max(1, end)).join('')
    this.#waiting -= taken.length
    this.#rest = Buffer.from(taken)
    return this.#rest
  }

  /** A line that was cut short is written again as a whole. */
  written(bytes: number): void {
    this.#rest = this.#rest.subarray(this.#rest.subarray(0, bytes).lastIndexOf(LINE_END) + 1)
  }

  /** Drops everything and returns the number of lines. */
  clear(): number {
    const cut = this.#rest.reduce((lines, byte) => (byte === LINE_END ? lines + 1 : lines), 0)
    const lines = cut + this.#lines.length
    this.#lines = []
    this.#rest = NOTHING
    this.#waiting = 0
    return lines
  }
}

export type LogFileOptions = {
  path: string
  rotation: Rotation | undefined
  queueBytes?: number
  onAway(problem: unknown): void
  onBack(dropped: number): void
  onDropped(lines: number): void
}

const QUEUE_BYTES = 4 * 1024 * 1024
const RETRY_MS = 1_000
const CLOSE_MS = 2_000

/** A log file that several processes share. While the disk is full or gone, lines wait, and are then dropped. */
export class LogFile {
  readonly #options: LogFileOptions
  readonly #file: ReturnType<typeof appendingFile>
  readonly #queue: LineQueue
  #isReopening = false
  #writing: Promise<void> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #droppedAway: number | undefined

  constructor(options: LogFileOptions) {
    this.#options = options
    this.#file = appendingFile(options.path, options.rotation)
    this.#queue = new LineQueue(options.queueBytes ?? QUEUE_BYTES)
  }

  write(line: string): void {
    if (!this.#queue.add(line)) return this.#dropped(1)
    if (this.#retry === undefined) this.#start()
  }

  reopen(): void {
    this.#isReopening = true
    this.#start()
  }

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
    // Lines of the same turn share one write.
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

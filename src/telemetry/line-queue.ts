/** One write: small enough to keep the event loop and the other processes going. */
const WRITE_BYTES = 256 * 1024
const LINE_END = 10
const NOTHING: Uint8Array = new Uint8Array()

/** Lines that wait to be written, up to a number of characters. */
export class LineQueue {
  readonly #limit: number
  #lines: string[] = []
  #waiting = 0
  /** Taken, and not written whole. */
  #rest = NOTHING

  constructor(limit: number) {
    this.#limit = limit
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#rest.byteLength === 0
  }

  /** False when there is no room for the line. */
  add(line: string): boolean {
    if (this.#waiting + line.length > this.#limit) return false
    this.#lines.push(line)
    this.#waiting += line.length
    return true
  }

  /** What one write should hold: whole lines, those first that an earlier one did not get through. */
  take(): Uint8Array {
    if (this.#rest.byteLength > 0) return this.#rest
    let size = 0
    const end = this.#lines.findIndex((line) => (size += line.length) > WRITE_BYTES)
    const taken = this.#lines.splice(0, end === -1 ? this.#lines.length : Math.max(1, end)).join('')
    this.#waiting -= taken.length
    this.#rest = Buffer.from(taken)
    return this.#rest
  }

  /** So many bytes of what was taken are written. A line that was cut short is written again, whole. */
  written(bytes: number): void {
    this.#rest = this.#rest.subarray(this.#rest.subarray(0, bytes).lastIndexOf(LINE_END) + 1)
  }

  /** Forgets what waits, and tells how many lines that were. */
  clear(): number {
    const cut = this.#rest.reduce((lines, byte) => (byte === LINE_END ? lines + 1 : lines), 0)
    const lines = cut + this.#lines.length
    this.#lines = []
    this.#rest = NOTHING
    this.#waiting = 0
    return lines
  }
}

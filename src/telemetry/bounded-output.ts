import type { Writable } from 'node:stream'

const LIMIT_BYTES = 4 * 1024 * 1024

/**
 * Writes lines to a stream whose reader may have stopped reading: what waits beyond 4 MiB is dropped, because the stream would
 * keep all of it in memory.
 */
export function boundedOutput(stream: Writable, onDropped: (lines: number) => void): (line: string) => void {
  let waiting = 0
  // A terminal that was closed, a reader that is gone: no reason to end, least of all in the middle of a drain.
  stream.on('error', () => onDropped(1))
  return (line) => {
    if (waiting + line.length > LIMIT_BYTES) return onDropped(1)
    waiting += line.length
    stream.write(line, () => {
      waiting -= line.length
    })
  }
}

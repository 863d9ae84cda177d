/** Unacknowledged bytes: a process channel buffers without bound, so a stopped receiver would cost the sender's memory. */
const WINDOW_BYTES = 16 * 1024 * 1024

/** Counts bytes on their way to a receiver; beyond the window batches are dropped, and the receiver is told later. */
export function openFlowWindow(limitBytes = WINDOW_BYTES) {
  let outstanding = 0
  let hasDropped = false
  return {
    take(bytes: number): boolean {
      // After a drop waits for half the window, so that a gap is told once, not once per batch.
      const limit = hasDropped ? limitBytes / 2 : limitBytes
      if (outstanding > 0 && outstanding + bytes > limit) {
        hasDropped = true
        return false
      }
      outstanding += bytes
      return true
    },
    acknowledge(bytes: number) {
      outstanding = Math.max(0, outstanding - bytes)
    },
    mustTell(): boolean {
      if (!hasDropped || outstanding > limitBytes / 2) return false
      hasDropped = false
      return true
    },
  }
}

/**
 * What a receiver has not acknowledged yet. A channel between processes takes everything and buffers without bound: one that is
 * stopped would cost the sender its memory.
 */
const WINDOW_BYTES = 16 * 1024 * 1024

/** Counts the bytes on their way to one receiver. Beyond the flow window nothing more is sent, and the receiver is told so later. */
export function openFlowWindow(limitBytes = WINDOW_BYTES) {
  let outstanding = 0
  let hasDropped = false
  return {
    /** Whether a batch may be sent; when not, it counts as dropped. The first one always may, however large. */
    take(bytes: number): boolean {
      // After a drop nothing is sent until half of it arrived: a gap is told once, not once a batch.
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
    /** True once after batches were dropped, as soon as there is room again: time to say so. */
    mustTell(): boolean {
      if (!hasDropped || outstanding > limitBytes / 2) return false
      hasDropped = false
      return true
    },
  }
}

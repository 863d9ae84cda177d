/** A stretch of work longer than this keeps others waiting. */
const STRETCH_MS = 4

/**
 * Does something with every item, `atOnce` of them at a time, and lets the event loop have its turn in between: an engine in the
 * same process answers without ever giving way. Failures are the caller's to catch.
 */
export async function inParallel<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]()
  let turnAt = performance.now()

  async function next() {
    for (let item = queue.next(); !item.done; item = queue.next()) {
      await work(item.value)
      if (performance.now() - turnAt < STRETCH_MS) continue
      await new Promise(setImmediate)
      turnAt = performance.now()
    }
  }

  await Promise.all(Array.from({ length: atOnce }, next))
}

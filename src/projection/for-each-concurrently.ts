const STRETCH_MS = 4

/** Runs `work`, which must not reject, `atOnce` items at a time, and yields: an embedded engine never would. */
export async function forEachConcurrently<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
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

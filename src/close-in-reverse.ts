type Closable = { close(): Promise<unknown> | void }

export type Opened = {
  /** Remembers what was opened, and gives it back. */
  add<T extends Closable>(resource: T): T
  /** Closes everything, the last opened first; a failing one is reported and does not keep the others open. */
  close(): Promise<void>
}

/** What was opened, to be closed in reverse. */
export function closeInReverse(onError: (error: unknown) => void): Opened {
  const opened: Closable[] = []
  return {
    add(resource) {
      opened.push(resource)
      return resource
    },
    async close() {
      for (const resource of opened.splice(0).toReversed()) {
        try {
          await resource.close()
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}

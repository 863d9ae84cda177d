import type { Announcement, Bus, Subscriber } from './bus.ts'
import { openSubscriptions, type Sent } from './subscriptions.ts'

export type InProcessBusOptions = {
  /** Told what a subscriber threw; the others hear the message all the same. */
  onError?: (error: unknown) => void
}

/**
 * The bus of a single worker. What one turn of the event loop published is delivered together, in order, in the next,
 * so that a flush sees all of a group commit, and no subscriber runs inside a publisher's call.
 */
export function openInProcessBus({ onError }: InProcessBusOptions = {}): Bus {
  const subscriptions = openSubscriptions(onError)
  let sent: Sent[] = []

  function flush() {
    const batch = sent
    sent = []
    for (const message of batch) subscriptions.deliver(message)
  }

  function publish(topic: string, announcement: Announcement) {
    if (subscriptions.isClosed()) return
    if (sent.length === 0) setImmediate(flush)
    sent.push({ topic, announcement })
  }

  return {
    publish,
    subscribe: async (topic: string, subscriber: Subscriber) => subscriptions.add(topic, subscriber),
    isUp: () => !subscriptions.isClosed(),
    close: async () => subscriptions.close(),
  }
}

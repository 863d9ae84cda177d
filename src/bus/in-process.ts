import type { Announcement, Bus, Subscriber } from './bus.ts'
import { openSubscriptions, type Sent } from './subscriptions.ts'

type InProcessBusOptions = {
  onError?: (error: unknown) => void
}

/** The bus of a single worker. Delivers in the next turn of the event loop, so subscribers never run inside a publisher's call. */
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

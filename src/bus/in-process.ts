import type { Announcement, Bus, Subscriber } from './bus.ts'

export type InProcessBusOptions = {
  /** Told what a subscriber threw; the others hear the message all the same. */
  onError?: (error: unknown) => void
}

type Sent = { topic: string; announcement: Announcement }

/** One subscription: the same subscriber may hold several, and hears a message once through each. */
type Subscription = { subscriber: Subscriber }

/**
 * The bus of a single worker. What one turn of the event loop published is delivered together, in order, in the next,
 * so that a flush sees all of a group commit, and no subscriber runs inside a publisher's call.
 */
export function openInProcessBus({ onError }: InProcessBusOptions = {}): Bus {
  const subscriptions = new Map<string, Set<Subscription>>()
  let sent: Sent[] = []
  let isClosed = false

  function deliver({ topic, announcement }: Sent) {
    for (const { subscriber } of subscriptions.get(topic) ?? []) {
      try {
        subscriber.deliver(announcement)
      } catch (error) {
        onError?.(error)
      }
    }
  }

  function flush() {
    const batch = sent
    sent = []
    for (const message of batch) deliver(message)
  }

  function publish(topic: string, announcement: Announcement) {
    if (isClosed) return
    if (sent.length === 0) setImmediate(flush)
    sent.push({ topic, announcement })
  }

  async function subscribe(topic: string, subscriber: Subscriber) {
    if (isClosed) throw new Error('the bus is closed')
    const subscription = { subscriber }
    const ofTopic = subscriptions.get(topic) ?? new Set()
    subscriptions.set(topic, ofTopic.add(subscription))
    return () => {
      ofTopic.delete(subscription)
      if (ofTopic.size === 0 && subscriptions.get(topic) === ofTopic) subscriptions.delete(topic)
    }
  }

  async function close() {
    isClosed = true
    subscriptions.clear()
  }

  return { publish, subscribe, isUp: () => !isClosed, close }
}

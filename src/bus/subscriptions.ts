import type { Announcement, Subscriber, Unsubscribe } from './bus.ts'

/** A message on its way. */
export type Sent = { topic: string; announcement: Announcement }

/** One subscription: the same subscriber may hold several, and hears a message once through each. */
type Subscription = { subscriber: Subscriber }

/** Who of this worker listens to what. What a subscriber throws goes to `onError`; the others are told all the same. */
export function openSubscriptions(onError: ((error: unknown) => void) | undefined) {
  const subscriptions = new Map<string, Set<Subscription>>()
  let isClosed = false

  function tell(topic: string, say: (subscriber: Subscriber) => void) {
    for (const { subscriber } of subscriptions.get(topic) ?? []) {
      try {
        say(subscriber)
      } catch (error) {
        onError?.(error)
      }
    }
  }

  function add(topic: string, subscriber: Subscriber): Unsubscribe {
    if (isClosed) throw new Error('the bus is closed')
    const subscription = { subscriber }
    const ofTopic = subscriptions.get(topic) ?? new Set()
    subscriptions.set(topic, ofTopic.add(subscription))
    return () => {
      ofTopic.delete(subscription)
      if (ofTopic.size === 0 && subscriptions.get(topic) === ofTopic) subscriptions.delete(topic)
    }
  }

  return {
    add,
    deliver: ({ topic, announcement }: Sent) => tell(topic, (subscriber) => subscriber.deliver(announcement)),
    missed() {
      for (const topic of subscriptions.keys()) tell(topic, (subscriber) => subscriber.missed())
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true
      subscriptions.clear()
    },
  }
}

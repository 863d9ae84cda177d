import type { Announcement, Subscriber, Unsubscribe } from './bus.ts'

export type Sent = { topic: string; announcement: Announcement }

type Subscription = { subscriber: Subscriber }

/** The local subscribers. An error of one goes to `onError`, and the others are still told. */
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

import type { RedisConfig } from '../config/config.ts'
import type { Bus, Subscriber } from './bus.ts'
import { readMessage } from './message-text.ts'
import { openSender } from './redis-sender.ts'
import { openTransport } from './redis-transport.ts'
import { openSubscriptions } from './subscriptions.ts'

export type RedisBusOptions = {
  redis: RedisConfig
  /** Told what a subscriber threw, and of each break once. */
  onError?: (error: unknown) => void
  /** So many announcements did not leave, or perhaps did not. */
  onDropped?: (count: number) => void
  /** A message came that no bus of ours wrote. */
  onForeign?: () => void
}

export type RedisBus = Bus & {
  /** Whether Redis answers at all: true with a part of a Cluster away, when `isUp` is not. */
  isThere(): boolean
}

/** How long opening waits for Redis; without it the bus opens all the same. */
const OPEN_MS = 2_000
/** Subscribers read the log each time: told at once, and then not more often than this. */
const MISSED_MS = 500

/**
 * The bus of several machines: publish and subscribe on one server, the master that Sentinels tell, or a Cluster. What could not be
 * sent is told as missed, here at once, elsewhere as soon as Redis hears us again.
 */
export async function openRedisBus({ redis, onError, onDropped, onForeign }: RedisBusOptions): Promise<RedisBus> {
  const subscriptions = openSubscriptions(onError)
  const missed = atMostEvery(MISSED_MS, () => subscriptions.missed())
  const opening = deadline(OPEN_MS)
  const fail = (error: unknown) => {
    opening.end()
    onError?.(error)
  }
  const look = () => transport.isUp() && opening.end()
  const onText = (text: string) => {
    const message = readMessage(text)
    if (message === undefined) onForeign?.()
    for (const sent of message?.sent ?? []) subscriptions.deliver(sent)
    if (message?.isLost) missed.tell()
  }
  const onBack = () => {
    missed.tell()
    look()
  }
  const dropped = (count: number) => {
    onDropped?.(count)
    missed.tell()
  }
  const transport = openTransport({ redis, onText, onBack, onChange: look, onError: fail })
  const sender = openSender({ transport, onDropped: dropped, onError: fail })
  await opening.ended
  return {
    publish: (topic, announcement) => (subscriptions.isClosed() ? undefined : sender.publish(topic, announcement)),
    subscribe: async (topic: string, subscriber: Subscriber) => subscriptions.add(topic, subscriber),
    isUp: () => !subscriptions.isClosed() && transport.isUp(),
    isThere: () => !subscriptions.isClosed() && transport.isThere(),
    async close() {
      subscriptions.close()
      missed.end()
      sender.close()
      transport.close()
    },
  }
}

/** Something that is waited for, but not for ever. */
function deadline(milliseconds: number) {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  const end = () => {
    clearTimeout(timer)
    resolve()
  }
  return { ended, end }
}

/** Does something in the next turn, however often it is asked; what is asked too soon after that is done later. */
function atMostEvery(milliseconds: number, act: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = -Infinity
  return {
    tell() {
      timer ??= setTimeout(
        () => {
          timer = undefined
          lastAt = performance.now()
          act()
        },
        Math.max(0, lastAt + milliseconds - performance.now()),
      )
    },
    end: () => clearTimeout(timer),
  }
}

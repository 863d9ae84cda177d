import type { RedisConfig } from '../config/config.ts'
import type { Bus, Subscriber } from './bus.ts'
import { readMessage } from './message-text.ts'
import { openSender } from './redis-sender.ts'
import { openTransport } from './redis-transport.ts'
import { openSubscriptions } from './subscriptions.ts'

type RedisBusOptions = {
  redis: RedisConfig
  onError?: (error: unknown) => void
  onDropped?: (count: number) => void
  onForeign?: () => void
}

type RedisBus = Bus & {
  /** Whether Redis answers: true with a part of a Cluster away. */
  isThere(): boolean
}

const OPEN_MS = 2_000
/** Subscribers read the log then: not more often than this. */
const MISSED_MS = 500

/** The bus between machines. What could not be sent is reported as missed: here at once, elsewhere when Redis is back. */
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

function deadline(milliseconds: number) {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  const end = () => {
    clearTimeout(timer)
    resolve()
  }
  return { ended, end }
}

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

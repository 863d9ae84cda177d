import { type Cluster, Command, type Redis } from 'ioredis'
import type { RedisConfig } from '../config/config.ts'
import { ALL_BUCKETS, bucketOf } from '../redis/keys.ts'
import { connectCluster, connectNode, connectRedis } from '../redis/connect.ts'
import { type Listener, openListener } from './redis-listener.ts'

type TransportOptions = {
  redis: RedisConfig
  onText(text: string): void
  onBack(): void
  onChange(): unknown
  onError(error: unknown): void
}

type Sending = { channel: string; text: string }

export type Transport = {
  channelOf(project: string): string
  canSend(): boolean
  send(messages: readonly Sending[]): Promise<PromiseSettledResult<unknown>[]>
  isUp(): boolean
  /** Whether any do: true with a part of a Cluster away. */
  isThere(): boolean
  close(): void
}

const SEND_NAME = 'visualizer-bus-send'
const HEAR_NAME = 'visualizer-bus-hear'
const CHANNEL = 'visualizer:bus'

/** One channel on one server, or one per bucket on a Cluster, each on its own master. */
export function openTransport(options: TransportOptions): Transport {
  const { redis } = options
  return redis.kind === 'cluster' ? openMany(redis, options) : openOne(options)
}

function openOne({ redis, onError, ...told }: TransportOptions): Transport {
  const connect = (name: string) => connectRedis({ redis, name, onError })
  const sender = connect(SEND_NAME)
  const listener = openListener({ connection: connect(HEAR_NAME), isSharded: false, onError, ...told })
  listener.listenTo([CHANNEL])
  const canSend = () => sender.status === 'ready'
  sender.on('ready', told.onChange)
  const isUp = () => canSend() && listener.isUp()
  return {
    channelOf: () => CHANNEL,
    canSend,
    async send(messages) {
      const pipeline = sender.pipeline()
      for (const { channel, text } of messages) pipeline.publish(channel, text)
      const answers = pipeline.exec()
      return Promise.allSettled(messages.map(async (_, index) => answerOf((await answers)?.[index])))
    },
    isUp,
    isThere: isUp,
    close() {
      listener.close()
      sender.disconnect()
    },
  }
}

function answerOf(answer: [Error | null, unknown] | undefined): unknown {
  if (answer === undefined) throw new Error('Redis left a message without an answer')
  if (answer[0]) throw answer[0]
  return answer[1]
}

const SHARDED = ALL_BUCKETS.map((bucket) => `${CHANNEL}:{${bucket}}`).map((channel) => ({ channel, slot: slotOf(channel) }))

function slotOf(key: string): number {
  return new Command('get', [key]).getSlot()
}

function onReady(cluster: Cluster, onChange: () => void): void {
  cluster.on('ready', onChange)
  cluster.on('+node', (node: Redis) => node.on('ready', onChange))
}

const reachesAll = (cluster: Cluster) => cluster.nodes('master').every(({ status }) => status === 'ready')

function openMany(redis: RedisConfig & { kind: 'cluster' }, { onError, onChange, ...told }: TransportOptions): Transport {
  const sender = connectCluster({ redis, name: SEND_NAME, onError })
  const listeners = new Map<string, Listener>()
  const refresh = () => sender.refreshSlotsCache()

  function listenerOn(node: string): Listener {
    const known = listeners.get(node)
    if (known) return known
    const connection = connectNode({ redis, name: HEAR_NAME, onError }, node)
    connection.on('close', refresh)
    const listener = openListener({ connection, isSharded: true, onError, ...told, onMoved: refresh })
    listeners.set(node, listener)
    return listener
  }

  function place() {
    const places = Map.groupBy(SHARDED, ({ slot }) => sender.slots[slot]?.[0] ?? '')
    places.delete('')
    for (const [node, channels] of places) listenerOn(node).listenTo(channels.map(({ channel }) => channel))
    for (const [node, listener] of listeners) {
      if (places.has(node)) continue
      listener.close()
      listeners.delete(node)
    }
  }

  sender.on('refresh', place)
  onReady(sender, onChange)
  const canSend = () => sender.status === 'ready'
  const isPlaced = () => SHARDED.every(({ slot }) => sender.slots[slot] !== undefined)
  return {
    channelOf: (project) => `${CHANNEL}:{${bucketOf(project)}}`,
    canSend,
    send: (messages) => Promise.allSettled(messages.map(({ channel, text }) => sender.spublish(channel, text))),
    isUp: () => canSend() && reachesAll(sender) && isPlaced() && [...listeners.values()].every((listener) => listener.isUp()),
    isThere: () => canSend() && [...listeners.values()].some((listener) => listener.isUp()),
    close() {
      sender.off('refresh', place)
      for (const listener of listeners.values()) listener.close()
      sender.disconnect()
    },
  }
}

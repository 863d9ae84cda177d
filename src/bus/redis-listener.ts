import type { RedisConnection } from '../redis/connect.ts'

export type Listener = {
  /** Whether it hears everything that it is to hear. */
  isUp(): boolean
  /** What it is to hear from now on. */
  listenTo(channels: readonly string[]): void
  close(): void
}

export type ListenerOptions = {
  connection: RedisConnection
  /** Channels of one server of a Cluster, not of all. */
  isSharded: boolean
  onText(text: string): void
  /** It hears channels that it did not hear a moment ago. */
  onBack(): void
  /** A Cluster says that a channel now lives elsewhere. */
  onMoved?(): void
  onError(error: unknown): void
}

/** How often a silent connection is asked whether it lives; what is left unanswered breaks it. */
const PING_MS = 1_000

/** Hears channels through one connection, and again after every break. */
export function openListener({ connection, isSharded, onText, onBack, onMoved, onError }: ListenerOptions): Listener {
  const subscribe = (channel: string) => (isSharded ? connection.ssubscribe(channel) : connection.subscribe(channel))
  const channels = openChannels({ subscribe, canAsk: () => connection.status === 'ready', onBack })
  const ask = () => void channels.ask().catch(onError)
  connection.on('close', channels.forget)
  connection.on('ready', ask)
  connection.on(isSharded ? 'smessage' : 'message', (_channel: string, text: string) => onText(text))
  connection.on('moved', () => {
    // It does not say which, and asking for one twice costs nothing.
    channels.forget()
    onMoved?.()
  })
  const timer = setInterval(() => {
    // Whatever comes of it, the connection tells by itself.
    if (connection.status === 'ready') connection.ping().catch(forgetAnswer)
    ask()
  }, PING_MS)
  return {
    isUp: () => connection.status === 'ready' && channels.areHeard(),
    listenTo(wanted) {
      channels.want(wanted)
      ask()
    },
    close() {
      clearInterval(timer)
      connection.disconnect()
    },
  }
}

const forgetAnswer = () => undefined

type ChannelsOptions = { subscribe(channel: string): Promise<unknown>; canAsk(): boolean; onBack(): void }

/** Which channels are wanted, and which of them are heard. */
function openChannels({ subscribe, canAsk, onBack }: ChannelsOptions) {
  let wanted: readonly string[] = []
  const heard = new Set<string>()
  let connectionNumber = 0
  let isAsking = false
  return {
    want: (channels: readonly string[]) => void (wanted = channels),
    areHeard: () => wanted.every((channel) => heard.has(channel)),
    async ask() {
      const missing = wanted.filter((channel) => !heard.has(channel))
      if (isAsking || missing.length === 0 || !canAsk()) return
      isAsking = true
      const through = connectionNumber
      const outcomes = await Promise.allSettled(missing.map(subscribe))
      isAsking = false
      if (through !== connectionNumber) return
      const added = missing.filter((_, index) => outcomes[index]?.status === 'fulfilled')
      for (const channel of added) heard.add(channel)
      if (added.length > 0) onBack()
    },
    forget() {
      connectionNumber += 1
      heard.clear()
    },
  }
}

import type { RedisConnection } from '../redis/connect.ts'

export type Listener = {
  isUp(): boolean
  listenTo(channels: readonly string[]): void
  close(): void
}

type ListenerOptions = {
  connection: RedisConnection
  isSharded: boolean
  onText(text: string): void
  onBack(): void
  onMoved?(): void
  onError(error: unknown): void
}

/** An unanswered ping breaks the connection. */
const PING_MS = 1_000

/** Subscribes to channels through one connection, again after every break. */
export function openListener({ connection, isSharded, onText, onBack, onMoved, onError }: ListenerOptions): Listener {
  const subscribe = (channel: string) => (isSharded ? connection.ssubscribe(channel) : connection.subscribe(channel))
  const channels = openChannels({ subscribe, canAsk: () => connection.status === 'ready', onBack })
  const ask = () => void channels.ask().catch(onError)
  connection.on('close', channels.forget)
  connection.on('ready', ask)
  connection.on(isSharded ? 'smessage' : 'message', (_channel: string, text: string) => onText(text))
  connection.on('moved', () => {
    // It does not say which; subscribing twice is harmless.
    channels.forget()
    onMoved?.()
  })
  const timer = setInterval(() => {
    // A failure breaks the connection anyway.
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

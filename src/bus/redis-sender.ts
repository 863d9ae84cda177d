import type { Announcement } from './bus.ts'
import { entryText, MESSAGE_LIMIT, messageText } from './message-text.ts'
import type { Transport } from './redis-transport.ts'

type SenderOptions = {
  transport: Transport
  onDropped(count: number): void
  onError(error: unknown): void
}

type Sender = {
  publish(topic: string, announcement: Announcement): void
  close(): void
}

/** In bytes; bounds the memory while a connection stalls. */
const WAITING_LIMIT = 8 * 1024 * 1024
const CONFESS_MS = 1_000

type ChannelBatch = { channel: string; entries: string[]; bytes: number }

/** Sends a turn's announcements in one round trip. */
export function openSender({ transport, onDropped, onError }: SenderOptions): Sender {
  const batches = openBatches()
  const lost = new Set<string>()
  let waitingBytes = 0
  let isClosed = false

  function drop({ channel, entries }: Pick<ChannelBatch, 'channel' | 'entries'>) {
    lost.add(channel)
    if (entries.length > 0) onDropped(entries.length)
  }

  async function send(sent: ChannelBatch[]) {
    if (isClosed) return
    const messages = sent.map(({ channel, entries }) => ({ channel, text: messageText(entries, lost.delete(channel)) }))
    const outcomes = transport.canSend() ? await transport.send(messages) : []
    for (const [index, batch] of sent.entries()) {
      waitingBytes -= batch.bytes
      if (outcomes[index]?.status !== 'fulfilled') drop(batch)
    }
  }

  /** Tells them as soon as sending works. */
  const confessing = setInterval(() => {
    if (lost.size === 0 || !transport.canSend()) return
    send([...lost].map((channel) => ({ channel, entries: [], bytes: 0 }))).catch(onError)
  }, CONFESS_MS)

  return {
    publish(topic, announcement) {
      const channel = transport.channelOf(announcement.project)
      const { text, bytes } = entryText(topic, announcement)
      if (waitingBytes + bytes > WAITING_LIMIT) return drop({ channel, entries: [text] })
      waitingBytes += bytes
      if (batches.isEmpty()) setImmediate(() => void send(batches.take()).catch(onError))
      batches.add(channel, text, bytes)
    },
    close() {
      isClosed = true
      clearInterval(confessing)
    },
  }
}

function openBatches() {
  let byChannel = new Map<string, ChannelBatch[]>()
  return {
    isEmpty: () => byChannel.size === 0,
    add(channel: string, text: string, bytes: number) {
      const batches = byChannel.get(channel) ?? []
      byChannel.set(channel, batches)
      const last = batches.at(-1)
      if (last && last.bytes + bytes <= MESSAGE_LIMIT) {
        last.entries.push(text)
        last.bytes += bytes
      } else batches.push({ channel, entries: [text], bytes })
    },
    take(): ChannelBatch[] {
      const taken = [...byChannel.values()].flat()
      byChannel = new Map()
      return taken
    },
  }
}

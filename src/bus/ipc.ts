import type { Announcement, Bus, Subscriber } from './bus.ts'
import { openFlowWindow } from './flow-window.ts'
import { openSubscriptions, type Sent } from './subscriptions.ts'

export type BusMessage = { type: 'batch'; lines: string[]; bytes: number } | { type: 'acknowledged'; bytes: number } | { type: 'dropped' }

export type WorkerChannel = {
  send(message: BusMessage): void
  listen(listener: (message: BusMessage) => void): void
  isOpen(): boolean
}

type IpcBusOptions = { channel: WorkerChannel; onError?: (error: unknown) => void; limitBytes?: number | undefined }

/** The bus of workers of one supervisor: a turn's messages go to local subscribers, and as one batch to the supervisor. */
export function openIpcBus({ channel, onError, limitBytes }: IpcBusOptions): Bus {
  const subscriptions = openSubscriptions(onError)
  const sendToOthers = talkOver(channel, { subscriptions, limitBytes })
  let sent: Sent[] = []

  function flush() {
    const batch = sent
    sent = []
    if (channel.isOpen()) sendToOthers(batch)
    for (const message of batch) subscriptions.deliver(message)
  }

  return {
    publish(topic: string, announcement: Announcement) {
      if (subscriptions.isClosed()) return
      if (sent.length === 0) setImmediate(flush)
      sent.push({ topic, announcement })
    },
    subscribe: async (topic: string, subscriber: Subscriber) => subscriptions.add(topic, subscriber),
    isUp: () => !subscriptions.isClosed() && channel.isOpen(),
    close: async () => subscriptions.close(),
  }
}

type Talk = { subscriptions: ReturnType<typeof openSubscriptions>; limitBytes: number | undefined }

function talkOver(channel: WorkerChannel, { subscriptions, limitBytes }: Talk) {
  const flowWindow = openFlowWindow(limitBytes)

  channel.listen((message) => {
    switch (message.type) {
      case 'batch':
        for (const line of message.lines) receive(line)
        return channel.send({ type: 'acknowledged', bytes: message.bytes })
      case 'acknowledged':
        flowWindow.acknowledge(message.bytes)
        if (flowWindow.mustTell()) channel.send({ type: 'dropped' })
        return
      case 'dropped':
        return subscriptions.missed()
    }
  })

  function receive(line: string) {
    const message: unknown = JSON.parse(line)
    if (isSent(message)) subscriptions.deliver(message)
  }

  return (batch: Sent[]) => {
    const lines = batch.map((message) => JSON.stringify(message))
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
    if (flowWindow.take(bytes)) channel.send({ type: 'batch', lines, bytes })
  }
}

/** Both ends are the same program: no validation is needed. */
const isSent = (message: unknown): message is Sent => typeof message === 'object' && message !== null && 'announcement' in message

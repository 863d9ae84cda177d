import { openFlowWindow } from './flow-window.ts'
import type { BusMessage } from './ipc.ts'

type SendToWorker = (message: BusMessage) => void

type RelayEnd = {
  receive(message: BusMessage): void
  leave(): void
}

/** The supervisor's part of the bus: forwards batches unread to all other workers, each within its flow window. */
export function openRelay({ limitBytes }: { limitBytes?: number } = {}) {
  type Receiver = { send: SendToWorker; flowWindow: ReturnType<typeof openFlowWindow> }
  const receivers = new Set<Receiver>()

  function forward(from: Receiver, message: BusMessage & { type: 'batch' }) {
    for (const receiver of receivers) if (receiver !== from && receiver.flowWindow.take(message.bytes)) receiver.send(message)
    from.send({ type: 'acknowledged', bytes: message.bytes })
  }

  function join(send: SendToWorker): RelayEnd {
    const own: Receiver = { send, flowWindow: openFlowWindow(limitBytes) }
    receivers.add(own)
    return {
      receive(message) {
        switch (message.type) {
          case 'batch':
            return forward(own, message)
          case 'acknowledged':
            own.flowWindow.acknowledge(message.bytes)
            if (own.flowWindow.mustTell()) send({ type: 'dropped' })
            return
          case 'dropped':
            for (const receiver of receivers) if (receiver !== own) receiver.send(message)
        }
      },
      leave: () => void receivers.delete(own),
    }
  }

  return { join }
}

export type Relay = ReturnType<typeof openRelay>

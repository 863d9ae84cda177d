import { openCredit } from './credit.ts'
import type { BusMessage } from './ipc.ts'

type Send = (message: BusMessage) => void

export type RelayEnd = {
  /** Takes what the worker said. */
  receive(message: BusMessage): void
  leave(): void
}

/**
 * The supervisor's part of the bus: hands each worker's batches to all others, unread. A worker that does not acknowledge is sent
 * no more than its credit, and told later that it missed something.
 */
export function openRelay({ limitBytes }: { limitBytes?: number } = {}) {
  type Place = { send: Send; credit: ReturnType<typeof openCredit> }
  const places = new Set<Place>()

  function forward(from: Place, message: BusMessage & { type: 'batch' }) {
    for (const place of places) if (place !== from && place.credit.take(message.bytes)) place.send(message)
    from.send({ type: 'acknowledged', bytes: message.bytes })
  }

  function join(send: Send): RelayEnd {
    const own: Place = { send, credit: openCredit(limitBytes) }
    places.add(own)
    return {
      receive(message) {
        switch (message.type) {
          case 'batch':
            return forward(own, message)
          case 'acknowledged':
            own.credit.acknowledge(message.bytes)
            if (own.credit.mustTell()) send({ type: 'dropped' })
            return
          case 'dropped':
            for (const place of places) if (place !== own) place.send(message)
        }
      },
      leave: () => void places.delete(own),
    }
  }

  return { join }
}

export type Relay = ReturnType<typeof openRelay>

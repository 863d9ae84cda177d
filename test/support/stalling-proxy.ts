import type { Socket } from 'bun'
import { endAfter } from './ending.ts'
import { within } from './eventually.ts'
import { freePort } from './ports.ts'

type Side = { peer: Socket<Side> | undefined; isLost: boolean; waiting: Uint8Array[] }

export type StallingProxy = {
  url: string
  /** From now on nothing passes, and nobody is told: as when a laptop leaves the network. */
  stall(): void
  /** Resolves when somebody tries to get through meanwhile, and is not heard. */
  asked(): Promise<unknown>
  /** New connections pass again; those that were lost stay lost. */
  flow(): void
}

/** A way to a server that can go dead without closing anything. */
export async function startStallingProxy(targetPort: number): Promise<StallingProxy> {
  let isStalled = false
  let asking = Promise.withResolvers<void>()
  const sides = new Set<Side>()
  const side = (): Side => ({ peer: undefined, isLost: isStalled, waiting: [] })
  const pass = (from: Side, bytes: Uint8Array) => {
    if (from.isLost) return
    if (from.peer) from.peer.write(bytes)
    else from.waiting.push(bytes.slice())
  }
  const handlers = {
    data: (socket: Socket<Side>, bytes: Uint8Array) => pass(socket.data, bytes),
    close(socket: Socket<Side>) {
      sides.delete(socket.data)
      if (!socket.data.isLost) socket.data.peer?.end()
    },
    error: (socket: Socket<Side>) => void socket.end(),
  }
  const proxy = Bun.listen<Side>({
    hostname: 'localhost',
    port: await freePort(),
    socket: {
      ...handlers,
      open(client) {
        client.data = side()
        sides.add(client.data)
        if (isStalled) return asking.resolve()
        const data: Side = { ...side(), peer: client }
        sides.add(data)
        void Bun.connect<Side>({ hostname: 'localhost', port: targetPort, data, socket: handlers }).then(
          (server) => {
            client.data.peer = server
            for (const bytes of client.data.waiting.splice(0)) server.write(bytes)
          },
          () => client.end(),
        )
      },
    },
  })
  endAfter('test', () => proxy.stop(true))
  return {
    url: `http://localhost:${proxy.port}`,
    stall() {
      isStalled = true
      asking = Promise.withResolvers()
      for (const each of sides) each.isLost = true
    },
    asked: () => within(30_000, 'a new connection', asking.promise),
    flow: () => void (isStalled = false),
  }
}

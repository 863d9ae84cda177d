import { connect, type Socket } from 'node:net'

export type RawWebsocket = {
  /** Bytes that came after the handshake. */
  received(): number
  isClosed(): boolean
  /** Stops reading: what the server sends stays in its buffers. */
  pause(): void
  end(): void
}

/** A websocket client that completes the handshake and then does nothing by itself: no pongs, no reading when paused. */
export async function rawWebsocket(url: string): Promise<RawWebsocket> {
  const { hostname, port, pathname, search } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  let received = 0
  let isClosed = false
  socket.on('close', () => (isClosed = true))
  socket.on('error', () => (isClosed = true))
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const lines = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${hostname}:${port}`, 'Upgrade: websocket', 'Connection: Upgrade']
  socket.write([...lines, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n'))
  await new Promise<void>((resolve, reject) => {
    socket.once('data', (bytes) =>
      bytes.toString('latin1').startsWith('HTTP/1.1 101') ? resolve() : reject(new Error(bytes.toString('latin1'))),
    )
    socket.once('error', reject)
  })
  socket.on('data', (bytes) => (received += bytes.length))
  return { received: () => received, isClosed: () => isClosed, pause: () => void socket.pause(), end: () => void socket.destroy() }
}

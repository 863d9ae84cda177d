/*
 * Reads what a websocket server sends, with as little work as possible: thousands of sockets share one process and must
 * not be slower than what they measure.
 */

export type FrameReader = { isOpen: boolean; rest: Buffer | undefined }

const PING = 0x9
const TEXT = 0x1

/** Hands each whole text payload (as a range of a buffer) on; answers pings by `pong`. Keeps what is not whole yet. */
export function readFrames(
  reader: FrameReader,
  chunk: Buffer,
  heard: { text(buffer: Buffer, from: number, to: number): void; ping(payload: Buffer): void },
): void {
  const buffer = reader.rest ? Buffer.concat([reader.rest, chunk]) : chunk
  let at = 0
  if (!reader.isOpen) {
    const end = buffer.indexOf('\r\n\r\n')
    if (end < 0) return void (reader.rest = buffer)
    if (!buffer.subarray(0, 12).equals(SWITCHING)) throw new Error(`no websocket: ${buffer.subarray(0, 200).toString()}`)
    reader.isOpen = true
    at = end + 4
  }
  while (at + 2 <= buffer.length) {
    const opcode = buffer[at]! & 0x0f
    const short = buffer[at + 1]! & 0x7f
    const header = short < 126 ? 2 : short === 126 ? 4 : 10
    if (at + header > buffer.length) break
    const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(at + 2) : buffer.readUInt32BE(at + 6)
    const [from, to] = [at + header, at + header + length]
    if (to > buffer.length) break
    if (opcode === TEXT) heard.text(buffer, from, to)
    if (opcode === PING) heard.ping(buffer.subarray(from, to))
    at = to
  }
  reader.rest = at < buffer.length ? buffer.subarray(at) : undefined
}

const SWITCHING = Buffer.from('HTTP/1.1 101')

/** A client's answer to a ping: masked with zeros, which is a mask. */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** Asks for a websocket. */
export function upgradeRequest(port: number, path: string): string {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`
}

/**
 * How many events a frame tells of, read from its last bytes (`,"events":3}`); undefined for a heartbeat, which ends
 * in another field.
 */
export function eventsTold(buffer: Buffer, to: number): number | undefined {
  let [at, told, scale] = [to - 2, 0, 1]
  for (; buffer[at]! >= 48 && buffer[at]! <= 57; at--) {
    told += (buffer[at]! - 48) * scale
    scale *= 10
  }
  const isEvents = buffer[at] === 58 && buffer[at - 2] === 115
  return isEvents ? told : undefined
}

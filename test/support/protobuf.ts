/** A protobuf message without its schema: what stands in each field, in order. Numbers of fixed length are left out. */
export type Message = Map<number, (number | Buffer)[]>

const VARINT = 0
const FIXED_64 = 1
const BYTES = 2
const FIXED_32 = 5

/** Reads one message; fields that are messages or texts come as bytes. */
export function readMessage(bytes: Buffer): Message {
  const message: Message = new Map()
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [field, kind] = [Math.floor(tag / 8), tag % 8]
    const values = message.get(field) ?? []
    message.set(field, values)
    if (kind === VARINT) values.push(varint())
    else if (kind === FIXED_64) at += 8
    else if (kind === FIXED_32) at += 4
    else if (kind === BYTES) {
      const length = varint()
      values.push(bytes.subarray(at, at + length))
      at += length
    } else throw new Error(`no kind of a field: ${kind}`)
  }
  return message
}

/** The messages in a field. */
export const messagesIn = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).filter((value) => typeof value !== 'number').map(readMessage)

/** The bytes of a field that stands there once. */
export function bytesIn(message: Message, field: number): Buffer {
  const [value] = message.get(field) ?? []
  return typeof value === 'object' ? value : Buffer.alloc(0)
}

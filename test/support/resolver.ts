import { endAfter, type Lifetime } from './ending.ts'

const HEADER_BYTES = 12
/** A response that was asked for and can be: recursion wanted and available. */
const FLAGS = 0x8180

/** A name server that gives every name these IPv4 addresses, as the resolver of containers does for replicas; resolves with its port. */
export async function startResolver(addresses: readonly string[], lifetime: Lifetime): Promise<number> {
  const socket = await Bun.udpSocket({
    hostname: '127.0.0.1',
    socket: { data: (from, question, port, address) => void from.send(answerTo(question, addresses), port, address) },
  })
  endAfter(lifetime, () => socket.close())
  return socket.port
}

function answerTo(query: Buffer, addresses: readonly string[]): Buffer {
  const question = query.subarray(HEADER_BYTES, query.indexOf(0, HEADER_BYTES) + 5)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  header.writeUInt16BE(FLAGS, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  // The name by its place in the question, type A, class IN, five seconds, four bytes.
  const records = addresses.map((address) =>
    Buffer.from([0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...address.split('.').map(Number)]),
  )
  return Buffer.concat([header, question, ...records])
}

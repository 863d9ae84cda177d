import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { within } from './eventually.ts'

export type RawAnswer = { status: number; head: string; body: string }

/** What a server answers to these very bytes, until it closes the connection or says nothing more for a while. */
export async function rawAnswer(port: number, request: string, host = '127.0.0.1'): Promise<RawAnswer> {
  const socket = connect(port, host)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    received += text
    if (isWhole(received, request)) resolve(received)
  })
  socket.on('close', () => resolve(received))
  socket.on('error', reject)
  socket.write(request)
  const text = await within(10_000, `an answer to ${JSON.stringify(request.slice(0, 60))}`, promise).finally(() => socket.destroy())
  const end = text.includes('\r\n\r\n') ? text.indexOf('\r\n\r\n') : text.length
  return { status: Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0), head: text.slice(0, end), body: text.slice(end + 4) }
}

/** Whether the answer's own length is there; of HEAD the head is all. */
function isWhole(text: string, request: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  if (request.startsWith('HEAD ') || / 204 | 304 /.test(text.slice(0, 20))) return true
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1]
  return length !== undefined && Buffer.byteLength(text.slice(end + 4)) >= Number(length)
}

/** Sends these bytes to an https address, and gives back what came first; nothing where nothing comes within a second. */
export async function firstAnswer(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
  const { promise, resolve } = Promise.withResolvers<string>()
  socket.setEncoding('latin1')
  socket.on('data', (text) => resolve(String(text)))
  socket.on('close', () => resolve(''))
  // Whoever is refused in the midst of what it sends may be cut off.
  socket.on('error', () => resolve(''))
  socket.write(Buffer.from(bytes, 'latin1'))
  const silence = setTimeout(() => resolve(''), 1_000)
  const answer = await promise
  clearTimeout(silence)
  socket.destroy()
  return answer
}

import { connect } from 'node:net'
import { beforeAll, expect, test } from 'bun:test'
import { within } from '../support/eventually.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

type Answer = { status: number; body: string }

/** Says exactly these bytes, and hears what is answered until the server closes. */
async function say({ port }: RunningServer, text: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('data', (bytes) => (heard += bytes.toString()))
  socket.on('end', () => resolve(heard))
  socket.on('close', () => resolve(heard))
  socket.on('error', reject)
  socket.write(text)
  const answer = await within(5_000, 'the answer', promise)
  socket.destroy()
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), body: answer.slice(answer.indexOf('\r\n\r\n') + 4) }
}

const request = (target: string, fields: string[] = []) =>
  `${[`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`
/** A target that makes the request line so long. */
const target = (lineBytes: number, path = '/health?') => path + 'x'.repeat(lineBytes - `GET ${path} HTTP/1.1`.length)
const errorOf = ({ status, body }: Answer) => {
  const { code, error, request_id } = JSON.parse(body) as Record<string, string>
  return { status, code, error, hasId: request_id !== undefined && request_id.length > 7 }
}

test('security 27: a request line of 4094 bytes is answered, a longer one refused with 414', async () => {
  expect((await say(server, request(target(4094)))).status).toBe(200)
  const refused = errorOf(await say(server, request(target(4095))))
  expect(refused).toMatchObject({ status: 414, code: 'URI_TOO_LONG', hasId: true })
  expect(refused.error).toContain('4094')
  expect((await say(server, request(target(4095, '/projects/')))).status).toBe(414)
})

test('security 27: a header field of 8190 bytes is answered, a longer one refused with 431', async () => {
  const field = (bytes: number) => `X-Long: ${'x'.repeat(bytes - 'X-Long: '.length)}`
  expect((await say(server, request('/health', [field(8190)]))).status).toBe(200)
  expect(errorOf(await say(server, request('/health', [field(8191)])))).toMatchObject({
    status: 431,
    code: 'HEADERS_TOO_LARGE',
    hasId: true,
  })
})

test('security 27: 100 header fields are answered, one more is refused with 431', async () => {
  const fields = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: a`)
  // Host and Connection are two of them.
  expect((await say(server, request('/health', fields(98)))).status).toBe(200)
  expect(errorOf(await say(server, request('/health', fields(99))))).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' })
})

test('security 27: what is too much for the server itself is refused, and the next request answered', async () => {
  const { status } = await say(server, request('/health', [`X-Long: ${'x'.repeat(40_000)}`]))
  expect(status).toBe(431)
  expect((await say(server, request('/health'))).status).toBe(200)
})

import { expect, test } from 'bun:test'
import { within } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { startServer } from '../support/server.ts'

const headersOf = async (url: string, init: RequestInit = {}) => (await fetch(url, { ...init, decompress: false })).headers

test('static files are kept for as long as the setting says, and for a year where their name carries a hash', async () => {
  const server = await startServer({ env: { STATIC_FILE_CACHE: '7' } })
  expect((await headersOf(`${server.url}/static/app.css`)).get('cache-control')).toBe('public, max-age=7')
  const hashed = /\/static\/app\.\w{6,}\.css/.exec(await (await fetch(server.url)).text())?.[0] ?? ''
  expect((await headersOf(`${server.url}${hashed}`)).get('cache-control')).toBe('public, max-age=31536000, immutable')
})

test('without compression nothing is compressed, whatever is accepted', async () => {
  const server = await startServer({ env: { GZIP_COMPRESSION: 'false' } })
  for (const path of ['/', '/static/app.css'])
    expect((await headersOf(`${server.url}${path}`, { headers: { 'accept-encoding': 'gzip' } })).get('content-encoding')).toBeNull()
})

test('the viewer beyond the limit is told to try later, and the place of one who left is free', async () => {
  const server = await startServer({ env: { MAX_VIEWERS: '1' } })
  const watch = () => new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  const closeCode = (socket: WebSocket) => new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  const firstMessage = (socket: WebSocket) =>
    new Promise<string>((resolve) => {
      socket.addEventListener('message', () => resolve('heard'), { once: true })
      socket.addEventListener('close', ({ code }) => resolve(`closed by ${code}`), { once: true })
    })
  const first = watch()
  expect(await within(5_000, 'the first viewer', firstMessage(first))).toBe('heard')
  expect(await within(5_000, 'the second viewer', closeCode(watch()))).toBe(1013)
  first.close()
  await within(5_000, 'the end of the first', closeCode(first))
  expect(await within(5_000, 'the third viewer', firstMessage(watch()))).toBe('heard')
})

test('requests are logged unless only warnings are wanted; the detailed form is a line for people', async () => {
  const [chatty, quiet] = await Promise.all([startServer(), startServer({ env: { LOG_LEVEL: 'WARN' } })])
  for (const server of [chatty, quiet]) {
    await report(server, 'apollo', { type: 'x-a' })
    await server.stop()
  }
  expect(chatty.logs()).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO  POST \/api\/v1\/projects\/apollo\/events status=202 ms=[\d.]+ request_id="[\w-]+"$/m,
  )
  expect(quiet.logs()).not.toContain('POST')
})

import { connect, type Socket } from 'node:net'
import { expect, test } from 'bun:test'
import { endAfter } from '../support/ending.ts'
import { rawAnswer } from '../support/raw-http.ts'
import { report } from '../support/report.ts'
import { appRoutes, filledIn } from '../support/routes.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const SLOW = 300
const HEAD = 'POST /api/v1/projects/slow/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

/** So many connections that begin a request and send a byte of it now and then; gives back how many are still open. */
async function crawl({ port }: RunningServer, beginning: string): Promise<() => number> {
  const sockets = await Promise.all(
    Array.from({ length: SLOW }, async () => {
      const socket: Socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(beginning)
      return socket
    }),
  )
  const timer = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 200)
  endAfter('test', () => {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  })
  return () => sockets.filter(({ closed }) => !closed).length
}

test.each([
  ['headers', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  ['bodies', `${HEAD}Content-Length: 1000\r\n\r\n`],
  ['bodies in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3e8\r\n`],
])('security 26: 300 connections with slow %s keep nobody else waiting', async (_, beginning) => {
  const server = await startServer()
  const open = await crawl(server, beginning)
  for (let turn = 0; turn < 20; turn += 1) {
    await report(server, 'apollo', { type: 'x-step' })
    const page = await fetch(`${server.url}/projects/apollo`, { signal: AbortSignal.timeout(5_000) })
    expect(page.status).toBe(200)
  }
  expect(open()).toBeGreaterThan(0)
})

test('security 25: a compressed request is refused on every route, before anything is unpacked', async () => {
  const server = await startServer()
  const bomb = Bun.gzipSync(new Uint8Array(20 * 1024 * 1024))
  for (const route of appRoutes().filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))) {
    const path = filledIn(route, { name: 'apollo' })
    for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'GZIP, identity']) {
      const answer = await fetch(`${server.url}${path}`, { method: route.method, headers: { 'content-encoding': coding }, body: bomb })
      expect([route.method, path, coding, answer.status]).toEqual([route.method, path, coding, 400])
    }
  }
})

test('a method that nothing serves is refused, and never answered with what was sent', async () => {
  const server = await startServer()
  for (const method of ['TRACE', 'PUT', 'PATCH', 'DELETE']) {
    const { status, body } = await rawAnswer(
      server.port,
      `${method} / HTTP/1.1\r\nHost: localhost\r\nX-Secret: hunter2\r\nContent-Length: 0\r\n\r\n`,
    )
    expect([method, [405, 404, 400].includes(status) || status === 0, body.includes('hunter2')]).toEqual([method, true, false])
  }
})

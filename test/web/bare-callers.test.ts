import { beforeAll, describe, expect, test } from 'bun:test'
import { type RawAnswer, rawAnswer } from '../support/raw-http.ts'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const lines = (...given: string[]) => [...given, '', ''].join('\r\n')

describe.each([
  ['open to this machine alone', {}],
  ['open to others', { ALLOW_OPEN: 'true' }],
] as const)('a service that is %s', (_, env) => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ env, lifetime: 'file' })
    await report(server, 'apollo', { type: 'x-step' })
  })
  const ask = (request: string): Promise<RawAnswer> => rawAnswer(server.port, request)

  test.each(['/health', '/ready'])('answers %s to the barest caller', async (path) => {
    for (const fields of [[], ['Host: localhost'], ['Host:'], ['Connection: keep-alive']]) {
      const answer = await ask(lines(`GET ${path} HTTP/1.0`, ...fields))
      expect([answer.status, fields, answer.body.slice(0, 10)]).toEqual([200, fields, '{"status":'])
    }
    expect(await ask(lines(`HEAD ${path} HTTP/1.0`))).toMatchObject({ status: 200, body: '' })
    const options = await ask(lines(`OPTIONS ${path} HTTP/1.0`))
    expect([options.status, options.body.slice(0, 10)]).toEqual([200, '{"status":'])
    expect((await ask(lines(`GET ${path} HTTP/1.1`, 'Host:'))).status).toBe(200)
  })

  test('answers pages, the API, figures and files to who names no host', async () => {
    for (const path of ['/', '/?q=a', '/projects/apollo', '/api/v1/projects', '/api/v1/projects/apollo/events?limit=1', '/metrics']) {
      expect([(await ask(lines(`GET ${path} HTTP/1.0`))).status, path]).toEqual([200, path])
    }
    expect((await ask(lines('GET /nothing HTTP/1.0'))).status).toBe(404)
    expect((await ask(lines('GET //evil.example/x HTTP/1.0'))).status).toBe(404)
  })

  test('takes a report from who names no host', async () => {
    const body = JSON.stringify({ type: 'x-bare', text: 'ä' })
    const head = [
      'POST /api/v1/projects/bare/events HTTP/1.0',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    const answer = await ask(`${lines(...head)}${body}`)
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([202, { accepted: 1 }])
  })

  test('tells any address the methods that it knows', async () => {
    const methods = async (path: string, version = 'HTTP/1.0') => {
      const { status, head } = await ask(lines(`OPTIONS ${path} ${version}`, ...(version === 'HTTP/1.1' ? ['Host: localhost'] : [])))
      return [status, /^allow: (.*)$/im.exec(head)?.[1]]
    }
    expect(await methods('/')).toEqual([200, 'GET, HEAD, OPTIONS'])
    expect(await methods('/', 'HTTP/1.1')).toEqual([200, 'GET, HEAD, OPTIONS'])
    expect(await methods('/api/v1/projects/apollo/events')).toEqual([200, 'GET, HEAD, OPTIONS, POST'])
    expect((await methods('/nothing'))[0]).toBe(404)
  })

  test('security 29: refuses a Host that is several, or that none could be', async () => {
    const hosts = [
      ['localhost', 'localhost'],
      ['localhost', 'evil.example'],
      ['localhost, evil.example'],
      ['a b'],
      ['localhost/health'],
      ['u@localhost'],
      ['localhost:x'],
      ['localhost#'],
      ['[::1'],
      ['localhost?x'],
    ]
    for (const path of ['/', '/health', '/ready', '/metrics', '/api/v1/projects', '/live/']) {
      for (const names of hosts) {
        const { status } = await ask(lines(`GET ${path} HTTP/1.1`, ...names.map((name) => `Host: ${name}`)))
        expect([status, path, names]).toEqual([400, path, names])
      }
    }
    for (const host of ['localhost', `LOCALHOST:${server.port}`, '127.0.0.1', '[::1]:5000']) {
      expect([(await ask(lines('GET / HTTP/1.1', `Host: ${host}`))).status, host]).toEqual([200, host])
    }
  })
})

import { beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { eventually } from '../support/eventually.ts'
import { call, postBody } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const bytesOf = (text: string) => new TextEncoder().encode(text)
const head = ['POST /api/v1/projects/apollo/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'].join('\r\n')

describe('security 24, 25: a body of events', () => {
  test('that is not UTF-8 is refused: its ids could not be told apart', async () => {
    const body = new Uint8Array([...bytesOf('{"type":"x-a","id":"a'), 0xff, ...bytesOf('"}')])
    const { status, body: answer } = await postBody(server, 'apollo', body)
    expect([status, answer['code'], answer['details']]).toEqual([400, 'VALIDATION_ERROR', { reason: 'not UTF-8' }])
  })

  test('may begin with a byte order mark', async () => {
    expect((await postBody(server, 'apollo', '\ufeff{"type":"x-a"}', 'Application/JSON; Charset="UTF-8"')).status).toBe(202)
  })

  test('that is compressed is refused by the name of its coding', async () => {
    const { status, body } = await call(server, '/api/v1/projects/apollo/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: Bun.gzipSync('{"type":"x-a"}'),
    })
    expect([status, body['error']]).toEqual([400, 'content-encoding gzip is not accepted; send the body as it is'])
  })

  test('that is too large is refused, its length told beforehand or not', async () => {
    const large = new Uint8Array(6 * 1024 * 1024).fill(0x20)
    const inParts = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(large)
        controller.close()
      },
    })
    for (const body of [large, inParts]) {
      const { status, body: answer } = await postBody(server, 'apollo', body)
      expect([status, answer['code'], answer['details']]).toEqual([413, 'PAYLOAD_TOO_LARGE', { limit_bytes: 5 * 1024 * 1024 }])
    }
  })

  test('that breaks off is no failure of the service', async () => {
    const errors = async () => /^errors_total (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]
    for (const length of ['Content-Length: 100\r\n\r\n{"type"', 'Transfer-Encoding: chunked\r\n\r\n64\r\n{"type"']) {
      const before = server.logs().length
      const socket = connect(server.port, 'localhost')
      socket.write(`${head}\r\n${length}`, () => setImmediate(() => socket.destroy()))
      await eventually(() => server.logs().slice(before).includes('POST /api/v1/projects/apollo/events'))
      expect(server.logs().slice(before)).not.toContain('ERROR')
    }
    expect(await errors()).toBe('0')
  })
})

test('an Idempotency-Key that cannot be seen is refused', async () => {
  for (const key of ['a\u0085b', 'k'.repeat(101)]) {
    const { status, body } = await call(server, '/api/v1/projects/apollo/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: '{"type":"x-a"}',
    })
    expect([status, body['details']]).toEqual([400, { field: 'Idempotency-Key' }])
  }
})

test('an offset beyond all numbers lies beyond the end', async () => {
  await postBody(server, 'apollo', '{"type":"x-a"}')
  for (const path of ['events?after=99999999999999999999', 'state?at=99999999999999999999']) {
    const { status, body } = await call(server, `/api/v1/projects/apollo/${path}`)
    expect([path, status, body['code']]).toEqual([path, 409, 'STATE_CONFLICT'])
  }
})

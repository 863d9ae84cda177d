import { beforeAll, expect, test } from 'bun:test'
import { postBody } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
  await postBody(server, 'apollo', '{"type":"workflow_transition","new_state":"BACKLOG_READY"}', 'application/json')
})

/** What really travels: a plain fetch would unpack it and drop the header. */
const encodingOf = async (path: string, headers: Record<string, string>, init: RequestInit = {}) => {
  const response = await fetch(`${server.url}${path}`, { ...init, headers, decompress: false })
  return { encoding: response.headers.get('content-encoding'), vary: response.headers.get('vary'), bytes: await response.bytes() }
}

test('a page is compressed for those who unpack it, and the same for those who do not', async () => {
  const packed = await encodingOf('/projects/apollo', { 'accept-encoding': 'br, gzip' })
  const plain = await encodingOf('/projects/apollo', { 'accept-encoding': 'identity' })
  expect([packed.encoding, packed.vary]).toEqual(['gzip', 'Accept-Encoding'])
  expect([plain.encoding, plain.vary]).toEqual([null, 'Accept-Encoding'])
  const text = new TextDecoder().decode(Bun.gunzipSync(packed.bytes))
  expect(text).toStartWith('<!DOCTYPE html>')
  expect(text).toEndWith('</html>')
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2)
})

test('what is small already is not', async () => {
  const { encoding, bytes } = await encodingOf('/api/v1/projects', { 'accept-encoding': 'gzip' })
  expect(encoding).toBeNull()
  expect(new TextDecoder().decode(bytes)).toStartWith('{"projects":')
})

test('answers to reports travel as they are', async () => {
  const init = { method: 'POST', body: '{"type":"x-step"}' }
  const { encoding, bytes } = await encodingOf(
    '/api/v1/projects/apollo/events',
    { 'accept-encoding': 'gzip', 'content-type': 'application/json' },
    init,
  )
  expect(encoding).toBeNull()
  expect(new TextDecoder().decode(bytes)).toContain('"accepted":1')
})

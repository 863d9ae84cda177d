import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

test('a report that is under way when the service is told to end is stored and answered', async () => {
  const server = await startServer()
  const socket = connect(server.port, 'localhost')
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString()))
  const probe = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const report = ['POST /api/v1/projects/apollo/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 14']
  // In one piece: whoever answered the probe has the beginning of the report.
  socket.write(`${probe}${report.join('\r\n')}\r\n\r\n{"type"`)
  await eventually(() => answer.includes('"healthy"'))
  const ended = server.stop()
  await eventually(async () => {
    try {
      await fetch(`${server.url}/health`)
      return false
    } catch {
      return true
    }
  })
  socket.write(':"x-a"}')
  expect(await ended).toBe(0)
  expect(answer).toContain('HTTP/1.1 202')
  expect(answer).toContain('"accepted":1')
})

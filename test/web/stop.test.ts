import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

test('a report that is under way when the service is told to end is stored and answered', async () => {
  const server = await startServer()
  const socket = connect(server.port, 'localhost')
  let answer = ''
  socket.on('data', (bytes) => (answer += bytes.toString()))
  const lines = ['POST /api/v1/projects/apollo/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 14']
  await new Promise<void>((sent) => socket.write(`${lines.join('\r\n')}\r\n\r\n{"type"`, () => sent()))
  // Answered after the report began, on a connection of its own: the service has read its beginning.
  await fetch(`${server.url}/health`)
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
  expect(answer).toStartWith('HTTP/1.1 202')
  expect(answer).toContain('"accepted":1')
})

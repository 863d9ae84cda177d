import { expect, test } from 'bun:test'
import { rawAnswer } from '../support/raw-http.ts'
import { startServer } from '../support/server.ts'

const CHUNKS = '2\r\n{}\r\n0\r\n\r\n'
const post = (fields: string[], body: string) =>
  ['POST /api/v1/projects/odd/events HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...fields, '', ''].join('\r\n') + body

/** Requests whose end two readers could see in different places; `next` is what one of them would take for another request. */
const CASES: [what: string, bytes: (next: string) => string][] = [
  ['a length and chunks', (next) => post(['Content-Length: 4', 'Transfer-Encoding: chunked'], CHUNKS + next)],
  ['chunks and a length', (next) => post(['Transfer-Encoding: chunked', `Content-Length: ${CHUNKS.length + next.length}`], CHUNKS + next)],
  ['two lengths', (next) => post(['Content-Length: 2', `Content-Length: ${2 + next.length}`], `{}${next}`)],
  ['a list of lengths', (next) => post(['Content-Length: 2, 2'], `{}${next}`)],
  ['a length with a sign', (next) => post(['Content-Length: +2'], `{}${next}`)],
  ['a hexadecimal length', (next) => post(['Content-Length: 0x2'], `{}${next}`)],
  ['a space before the colon', (next) => post(['Transfer-Encoding : chunked', 'Content-Length: 2'], `{}${next}`)],
  ['an unknown coding', (next) => post(['Transfer-Encoding: xchunked'], CHUNKS + next)],
  ['chunked before another coding', (next) => post(['Transfer-Encoding: chunked, identity'], CHUNKS + next)],
  ['two codings', (next) => post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], CHUNKS + next)],
  ['a folded coding', (next) => post(['Transfer-Encoding:', ' chunked', 'Content-Length: 2'], `{}${next}`)],
  ['a coding behind a control character', (next) => post(['Transfer-Encoding: \u000bchunked', 'Content-Length: 2'], `{}${next}`)],
  ['a field with a NUL', (next) => post(['Content-Length\0: 2'], `{}${next}`)],
  ['a chunk size that is none', (next) => post(['Transfer-Encoding: chunked'], `0x2\r\n{}\r\n0\r\n\r\n${next}`)],
  ['a negative chunk', (next) => post(['Transfer-Encoding: chunked'], `-1\r\n{}\r\n0\r\n\r\n${next}`)],
  ['a chunk beyond all numbers', (next) => post(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n{}\r\n0\r\n\r\n${next}`)],
  ['chunks with bare line feeds', (next) => post(['Transfer-Encoding: chunked'], `2\n{}\n0\n\n${next}`)],
  ['bare line feeds', (next) => post(['Content-Length: 2'], '{}').replaceAll('\r\n', '\n') + next],
  ['chunks of HTTP/1.0', (next) => post(['Transfer-Encoding: chunked'], CHUNKS + next).replace('HTTP/1.1', 'HTTP/1.0')],
  ['two hosts', (next) => post(['Host: evil.example', 'Content-Length: 2'], '{}') + next],
]

test('security 28: a request whose end is in doubt is refused, and what follows it is no request', async () => {
  const server = await startServer()
  const answers: [string, boolean][] = []
  for (const [index, [what, bytes]] of CASES.entries()) {
    const { status } = await rawAnswer(server.port, bytes(`GET /smuggled-${index} HTTP/1.1\r\nHost: localhost\r\n\r\n`))
    answers.push([what, [400, 505].includes(status)])
  }
  expect(answers).toEqual(CASES.map(([what]) => [what, true]))
  // Each request that is answered leaves a line.
  expect((await fetch(`${server.url}/not-smuggled`)).status).toBe(404)
  await server.stop()
  expect(server.logs()).toContain('/not-smuggled')
  expect(
    [...server.logs().matchAll(/\/smuggled-(\d+)/g)].map(([, index]) => CASES[Number(index)]?.[0]).filter((what) => what !== 'two hosts'),
  ).toEqual([])
})

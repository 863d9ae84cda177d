import { expect, test } from 'bun:test'
import { startServer } from '../support/server.ts'

test('a method that an address does not know is answered 405 with those that it knows', async () => {
  const server = await startServer()
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${server.url}${path}`, { method })
    return [response.status, response.headers.get('allow')]
  }
  expect(await ask('DELETE', '/api/v1/projects/apollo/events')).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
  expect(await ask('POST', '/')).toEqual([405, 'GET, HEAD, OPTIONS'])
  expect(await ask('PUT', '/health')).toEqual([405, 'GET, HEAD, OPTIONS'])
  expect(await ask('POST', '/api/v1/nothing')).toEqual([404, null])
  expect(await ask('GET', '/api/v1/projects/none')).toEqual([404, null])
  const body = (await (await fetch(`${server.url}/api/v1/projects`, { method: 'PATCH' })).json()) as { code: string; error: string }
  expect(body.code).toBe('METHOD_NOT_ALLOWED')
  expect(body.error).toContain('GET, HEAD')
})

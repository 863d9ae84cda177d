import { beforeAll, expect, test } from 'bun:test'
import { report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/ending.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer({ lifetime: 'file' })
})

const config = (description: string) => `projects:\n  apollo: { path: ${JSON.stringify(temporaryFolder())}, description: ${description} }\n`

test('a changed description is another answer, although nothing was reported', async () => {
  const dataDir = temporaryFolder()
  const first = await startServer({ dataDir, config: config('before') })
  await report(first, 'apollo', { type: 'x-step' })
  const etag = (await fetch(`${first.url}/api/v1/projects/apollo`)).headers.get('etag') ?? ''
  await first.stop()
  const second = await startServer({ dataDir, config: config('after') })
  const answer = await fetch(`${second.url}/api/v1/projects/apollo`, { headers: { 'if-none-match': etag } })
  expect([answer.status, ((await answer.json()) as { description: string }).description]).toEqual([200, 'after'])
})

test('what is unchanged is told with the headers of the whole answer, however a proxy marked its tag', async () => {
  await report(server, 'apollo', { type: 'x-step' })
  const script = /\/static\/app\.\w+\.js/.exec(await (await fetch(server.url)).text())?.[0] ?? ''
  for (const path of ['/api/v1/projects/apollo/state', script]) {
    const whole = await fetch(`${server.url}${path}`)
    const etag = whole.headers.get('etag') ?? ''
    for (const known of [etag, etag.replace(/^W\//, ''), `"other", ${etag}`, '*']) {
      const answer = await fetch(`${server.url}${path}`, { headers: { 'if-none-match': known } })
      const headers = ['etag', 'vary', 'cache-control'].map((name) => answer.headers.get(name))
      expect([answer.status, ...headers]).toEqual([304, ...['etag', 'vary', 'cache-control'].map((name) => whole.headers.get(name))])
    }
  }
})

test('who takes no gzip gets none', async () => {
  const coding = async (accepted: string) => {
    const response = await fetch(server.url, { headers: { 'accept-encoding': accepted }, decompress: false })
    return response.headers.get('content-encoding')
  }
  expect([await coding('gzip;q=0'), await coding('br, gzip; q=0.0, *'), await coding('x-gzip-like')]).toEqual([null, null, null])
  expect([await coding('GZIP'), await coding('*'), await coding('gzip;q=0.5, br')]).toEqual(['gzip', 'gzip', 'gzip'])
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { rawAnswer } from '../support/raw-http.ts'
import { type RunningServer, type ServerOptions, startServer } from '../support/server.ts'

type Fields = Record<string, string>

/** A service, and whom its access log names for a request with these header fields. */
async function named(options: ServerOptions = {}): Promise<(fields: Fields) => Promise<string>> {
  const file = join(temporaryFolder(), 'access.log')
  const server = await startServer({ ...options, env: { ...options.env, ACCESS_LOG_FILE: file } })
  return async (fields) => {
    const id = crypto.randomUUID()
    await fetch(`${server.url}/api/v1/projects`, { headers: { ...fields, 'x-request-id': id } })
    const line = await eventually(() =>
      readFileSync(file, 'utf8')
        .split('\n')
        .find((one) => one.includes(id)),
    )
    return (JSON.parse(line) as { client: string }).client
  }
}

const onboarding = async ({ url }: RunningServer, fields: Fields = {}) => {
  const page = await (await fetch(url, { headers: fields })).text()
  return /curl -sS -X POST (\S+)\/api/.exec(page.replaceAll('&#39;', "'"))?.[1]
}

describe('security 35: the client of a request', () => {
  test('is the right-most address that no trusted proxy has', async () => {
    const clientOf = await named({ config: 'security: { trusted_proxies: [127.0.0.0/8, "::1", 10.0.0.0/8, "fd00::/8"] }\n' })
    const told: [forwardedFor: string, client: string][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
      ['198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
      ['198.51.100.1, 203.0.113.7, 10.1.2.3, fd12::9', '203.0.113.7'],
      ['10.0.0.1, 10.0.0.2', '10.0.0.1'],
      ['203.0.113.7:4711', '203.0.113.7'],
      ['[2001:DB8::7]:4711', '2001:db8::7'],
      ['2001:db8::7%eth0', '2001:db8::7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['203.0.113.7, unknown', 'loopback'],
      ['203.0.113.7, 10.0.0.1, <script>', 'loopback'],
      ['203.0.113.7, ', 'loopback'],
      ['', 'loopback'],
    ]
    const heard: string[] = []
    for (const [forwardedFor] of told)
      heard.push((await clientOf({ 'x-forwarded-for': forwardedFor })).replace(/^(127\.0\.0\.1|::1)$/, 'loopback'))
    expect(heard).toEqual(told.map(([, client]) => client))
  })

  test('is the peer itself where that is no trusted proxy', async () => {
    const clientOf = await named({ env: { TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8' } })
    expect(await clientOf({ 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.8', forwarded: 'for=203.0.113.9' })).toMatch(
      /^(127\.0\.0\.1|::1)$/,
    )
  })
})

describe('security 03: links', () => {
  test('say https where a trusted proxy does, and the host that it was asked for', async () => {
    const server = await startServer()
    const own = `http://localhost:${server.port}`
    expect(await onboarding(server)).toBe(own)
    expect(await onboarding(server, { 'x-forwarded-proto': 'https' })).toBe(own.replace('http', 'https'))
    const proxied = { 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'visualizer.example.com' }
    expect(await onboarding(server, proxied)).toBe('https://visualizer.example.com')
    expect(await onboarding(server, { ...proxied, 'x-forwarded-host': 'evil.example, visualizer.example.com' })).toBe(
      'https://visualizer.example.com',
    )
    for (const host of ['evil.example/x', 'u@evil.example', '"><script>']) {
      expect(await onboarding(server, { ...proxied, 'x-forwarded-host': host })).toBe(own.replace('http', 'https'))
    }
    expect(await onboarding(server, { 'x-forwarded-proto': 'javascript' })).toBe(own)
  })

  test('believe nobody else', async () => {
    const server = await startServer({ config: 'security: { trusted_proxies: [] }\n' })
    const fields = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }
    expect(await onboarding(server, fields)).toBe(`http://localhost:${server.port}`)
  })

  test('name the configured address, whatever a request says', async () => {
    const config = 'web_interface: { public_url: "https://file.example.com" }\n'
    const server = await startServer({ config, env: { PUBLIC_URL: 'https://visualizer.example.com/' } })
    expect(await onboarding(server, { 'x-forwarded-host': 'evil.example' })).toBe('https://visualizer.example.com')
    expect(await onboarding(await startServer({ config }))).toBe('https://file.example.com')
  })
})

describe('FORCE_HTTPS', () => {
  const leads = async (server: RunningServer, path: string, { method = 'GET', ...fields }: Fields = {}) => {
    const response = await fetch(`${server.url}${path}`, { method, headers: fields, redirect: 'manual' })
    return [response.status, response.headers.get('location')]
  }

  test('leads requests over http to https, with their method, but for probes and scrapes', async () => {
    const server = await startServer({ env: { FORCE_HTTPS: 'true' } })
    expect(await leads(server, '/projects/apollo?tab=1')).toEqual([301, 'https://localhost/projects/apollo?tab=1'])
    expect(await leads(server, '/api/v1/projects/apollo/events', { method: 'POST' })).toEqual([
      308,
      'https://localhost/api/v1/projects/apollo/events',
    ])
    expect(await leads(server, '/static/app.js', { 'x-forwarded-proto': 'http' })).toEqual([301, 'https://localhost/static/app.js'])
    for (const path of ['/health', '/ready', '/metrics']) expect(await leads(server, path)).toEqual([200, null])
    expect(await leads(server, '/api/v1/projects', { 'x-forwarded-proto': 'https' })).toEqual([200, null])
    const escaping = await rawAnswer(server.port, 'GET //evil.example/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect([escaping.status, /^location: (.*)$/im.exec(escaping.head)?.[1]]).toEqual([301, 'https://localhost//evil.example/x'])
  })

  test('leads to the configured address', async () => {
    const server = await startServer({ env: { FORCE_HTTPS: 'true', PUBLIC_URL: 'https://visualizer.example.com:8443' } })
    expect(await leads(server, '/')).toEqual([301, 'https://visualizer.example.com:8443/'])
  })

  test('believes X-Forwarded-Proto of trusted proxies alone', async () => {
    const server = await startServer({ env: { FORCE_HTTPS: 'true', TRUSTED_PROXIES: '10.0.0.0/8' } })
    expect((await leads(server, '/', { 'x-forwarded-proto': 'https' }))[0]).toBe(301)
  })
})

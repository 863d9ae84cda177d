import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { report } from '../support/report.ts'
import { runProgram, startServer } from '../support/server.ts'
import { smallDisk } from '../support/small-disk.ts'

type Line = Record<string, unknown> & { message: string }
const linesOf = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
const metricOf = async (url: string, row: string) => {
  const rows = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  return Number(rows.find((line) => line.startsWith(`${row} `))?.slice(row.length) ?? 0)
}

test('LOG_FILE holds JSON lines whatever standard output looks like, with where they come from', async () => {
  const path = join(temporaryFolder(), 'app.log')
  const server = await startServer({ env: { LOG_FILE: path } })
  await report(server, 'apollo', { type: 'x-a' })
  await server.stop()
  const lines = linesOf(path)
  for (const line of lines) {
    expect(line).toMatchObject({ service: 'visualizer', environment: 'development', pid: expect.any(Number), level: expect.any(String) })
    expect(new Date(String(line['@timestamp'])).toISOString()).toBe(String(line['@timestamp']))
  }
  expect(lines.some(({ message }) => message.startsWith('server ready on'))).toBe(true)
  expect(lines.some(({ message }) => message === 'POST /api/v1/projects/apollo/events')).toBe(true)
  expect(server.logs()).toMatch(/INFO {2}POST \/api\/v1\/projects\/apollo\/events status=202/)
})

test('security 38: ACCESS_LOG_FILE takes the requests out of the log; what could be a secret is in neither', async () => {
  const folder = temporaryFolder()
  const [LOG_FILE, ACCESS_LOG_FILE] = [join(folder, 'app.log'), join(folder, 'access.log')]
  const server = await startServer({ env: { LOG_FILE, ACCESS_LOG_FILE, LOG_LEVEL: 'DEBUG' } })
  const headers = { referer: 'http://me:hunter2@elsewhere/page?token=hunter2#hunter2', 'user-agent': 'curl/8', 'x-request-id': 'request-1' }
  const body = await (await fetch(`${server.url}/api/v1/projects?token=hunter2`, { headers })).text()
  const page = await (await fetch(server.url)).text()
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  await eventually(() => existsSync(LOG_FILE) && readFileSync(LOG_FILE, 'utf8').includes('websocket opened'))
  socket.close()
  await server.stop()
  const records = linesOf(ACCESS_LOG_FILE)
  expect(records.find(({ request_id }) => request_id === 'request-1')).toMatchObject({
    level: 'INFO',
    message: 'GET /api/v1/projects',
    method: 'GET',
    path: '/api/v1/projects',
    status: 200,
    bytes: Buffer.byteLength(body),
    duration_us: expect.any(Number),
    client: expect.stringMatching(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/),
    referer: 'http://elsewhere/page',
    user_agent: 'curl/8',
  })
  expect(Buffer.byteLength(page)).toBeGreaterThan(1024)
  // Bun's fetch accepts gzip, and what was sent is what counts.
  const sent = Number(records.find(({ path }) => path === '/')?.['bytes'])
  expect(sent).toBeGreaterThan(500)
  expect(sent).toBeLessThan(Buffer.byteLength(page))
  expect(records.find(({ path }) => path === '/live/')).toMatchObject({ status: 101, bytes: 0 })
  expect(linesOf(LOG_FILE).some(({ message }) => message.startsWith('GET '))).toBe(false)
  for (const text of [readFileSync(ACCESS_LOG_FILE, 'utf8'), readFileSync(LOG_FILE, 'utf8'), server.logs()])
    expect(text).not.toContain('hunter2')
})

test('a log file on a full disk stops nothing: it is said once, dropped lines are counted, and it goes on when there is space', async () => {
  const disk = smallDisk(1)
  const server = await startServer({ env: { LOG_FILE: join(disk.folder, 'app.log') } })
  disk.fill()
  const away = () => server.logs().match(/app\.log cannot be written/g)?.length ?? 0
  await eventually(async () => {
    await fetch(`${server.url}/projects/none`)
    return away() > 0
  })
  await report(server, 'apollo', { type: 'x-a' })
  expect(await metricOf(server.url, 'log_lines_dropped_total{log="records"}')).toBe(0)
  disk.empty()
  await eventually(() => server.logs().includes('app.log is written again'))
  await server.stop()
  expect(away()).toBe(1)
  const text = readFileSync(join(disk.folder, 'app.log'), 'utf8')
  // What did not fit any more may have left a part of a line; it stands alone.
  const whole = text.split('\n').filter((line) => /^\{.*\}$/.test(line))
  for (const line of whole) JSON.parse(line)
  expect(text).toContain('POST /api/v1/projects/apollo/events')
  expect(text.split('\n').filter(Boolean).length - whole.length).toBeLessThanOrEqual(1)
}, 60_000)

test.each(['LOG_FILE', 'ACCESS_LOG_FILE'])('a start whose %s cannot be written is refused with the reason', async (name) => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'app.log'))
  const cases = [
    [join(folder, 'none', 'app.log'), `the folder ${join(folder, 'none')} does not exist`],
    [join(folder, 'app.log'), 'it is a folder'],
  ]
  for (const [path = '', reason] of cases) {
    const { exitCode, stderr } = await runProgram(['serve', '--port', '0'], { [name]: path })
    expect([exitCode, stderr]).toEqual([2, `visualizer: the log file ${path} cannot be used: ${reason}; choose another with ${name}\n`])
  }
})

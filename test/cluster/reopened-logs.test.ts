import { expect, test } from 'bun:test'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'

type Line = Record<string, unknown>
const linesOf = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

test('workers share the log files; after logrotate renamed them SIGHUP opens new ones, no request is lost and no websocket closed', async () => {
  const folder = temporaryFolder()
  const [LOG_FILE, ACCESS_LOG_FILE] = [join(folder, 'app.log'), join(folder, 'access.log')]
  const server = await startServer({ env: { WORKERS: '2', LOG_FILE, ACCESS_LOG_FILE, LOG_ROTATION: 'external', LOG_LEVEL: 'DEBUG' } })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/`)
  await eventually(() => socket.readyState === WebSocket.OPEN)
  const ids: string[] = []
  const ask = async (count: number) => {
    for (let request = 0; request < count; request++) {
      const id = `request-${ids.length}`
      ids.push(id)
      await fetch(`${server.url}/api/v1/projects`, { headers: { 'x-request-id': id, connection: 'close' } })
    }
  }
  await ask(40)
  for (const path of [LOG_FILE, ACCESS_LOG_FILE]) renameSync(path, `${path}.1`)
  await ask(10)
  process.kill(server.pid(), 'SIGHUP')
  await eventually(() => existsSync(LOG_FILE) && existsSync(ACCESS_LOG_FILE))
  await eventually(async () => {
    await ask(1)
    return new Set(linesOf(ACCESS_LOG_FILE).map(({ worker }) => worker)).size === 2
  })
  expect(socket.readyState).toBe(WebSocket.OPEN)
  socket.close()
  await server.stop()
  const access = [...linesOf(`${ACCESS_LOG_FILE}.1`), ...linesOf(ACCESS_LOG_FILE)]
  const heard = access.map(({ request_id }) => String(request_id)).filter((id) => id.startsWith('request-'))
  expect(heard.toSorted()).toEqual(ids.toSorted())
  expect(new Set(access.map(({ worker }) => worker)).size).toBe(2)
  expect(new Set([...linesOf(`${LOG_FILE}.1`), ...linesOf(LOG_FILE)].map(({ pid }) => pid)).size).toBeGreaterThanOrEqual(2)
}, 60_000)

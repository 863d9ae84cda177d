import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually, within } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'
import { openTokens } from '../support/tokens.ts'

const configured = (...lines: string[]) => `
projects:
  apollo: { path: ., tags: [moon] }
  gemini: { path: ./gemini, tags: [sun] }
security:
  policy:
${lines.map((line) => `    - ${line}\n`).join('')}`

/** A service of two workers; tokens of which only lines of the policy say what they may see. */
async function start(...lines: string[]) {
  const config = join(temporaryFolder(), 'orch-config.yaml')
  writeFileSync(config, configured(...lines))
  const server = await startServer({ env: { AUTH: 'token', WORKERS: '2' }, args: ['--config', config] })
  const give = await openTokens(server)
  const tokens = new Map<string, string>()
  for (const name of ['ann', 'ben', 'cay']) tokens.set(name, await give({ name, scopes: ['command'], projects: ['nothing-here'] }))
  const headersOf = (name: string) => ({ authorization: `Bearer ${tokens.get(name)}` })
  return {
    async statuses(name: string) {
      const ask = async (project: string) => (await fetch(`${server.url}/api/v1/projects/${project}`, { headers: headersOf(name) })).status
      return [await ask('apollo'), await ask('gemini')]
    },
    watch(name: string, project: string) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live/projects/${project}`, { headers: headersOf(name) } as never)
      const frames: string[] = []
      socket.addEventListener('message', ({ data }) => void frames.push(String(data)))
      endAfter('test', () => socket.close())
      return { frames, closed: new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code))) }
    },
    change(...changed: string[]) {
      writeFileSync(config, configured(...changed))
      process.kill(server.pid(), 'SIGHUP')
    },
  }
}

const ANN = 'p, user:token:ann, see, tag:moon, allow'
const BEN = ['g, user:token:ben, operator', 'p, user:token:ben, see, tag:sun, deny']
const CAY = 'g, user:token:cay, role:viewer, gem*'

test('lines of the policy decide on every worker, and a changed policy at once for those who watch', async () => {
  const service = await start(ANN, ...BEN, CAY)
  expect(await service.statuses('ann')).toEqual([200, 404])
  expect(await service.statuses('ben')).toEqual([200, 404])
  expect(await service.statuses('cay')).toEqual([404, 200])
  const watching = service.watch('ann', 'apollo')
  await eventually(() => watching.frames.length > 0)
  service.change(...BEN, CAY)
  expect(await within(30_000, 'the end of a websocket', watching.closed)).toBe(1012)
  const back = service.watch('ann', 'apollo')
  expect(await within(10_000, 'the end of the next', back.closed)).toBe(4403)
  expect(back.frames).toEqual([])
  expect(await service.statuses('ann')).toEqual([404, 404])
  expect(await service.statuses('cay')).toEqual([404, 200])
}, 120_000)

import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteKeyValue } from '../../src/key-value/sqlite.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { call } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const SAID = 'another service uses the data folder'
const WAIT = { withinMs: 40_000 }
const warnsOf = async (server: RunningServer) => ((await call(server, '/api/v1/status')).body['warnings'] as string[]).join()

test('two services on one data folder both say that they follow each other late, as long as it is so', async () => {
  const dataDir = temporaryFolder()
  const first = await startServer({ dataDir, env: { WORKERS: '2' } })
  const second = await startServer({ dataDir })
  for (const server of [first, second]) {
    await eventually(() => server.logs().includes(SAID), { ...WAIT, else: server.logs })
    // Each worker looks for itself, and the one that is asked may not be the one that said so.
    await eventually(async () => (await warnsOf(server)).includes(SAID), WAIT)
  }
  await second.stop()
  await eventually(() => first.logs().includes('no other service uses the data folder'), WAIT)
  await eventually(async () => !(await warnsOf(first)).includes(SAID), WAIT)
}, 120_000)

test('a service that follows one that was killed is no second one', async () => {
  const server = await startServer({ env: { WORKERS: '2' } })
  await server.kill()
  await server.restart()
  // From then on it is the first one again: what it would have to say of another, it has said.
  const shared = openSqliteKeyValue({ file: join(server.dataDir, 'shared.sqlite') })
  endAfter('test', () => shared.close())
  await eventually(async () => (await shared.get(['lease', 'data folder']))?.endsWith(` ${server.pid()}`), WAIT)
  expect(server.logs()).not.toContain(SAID)
}, 90_000)

import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
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
  await expect(eventually(() => server.logs().includes(SAID), { withinMs: 14_000 })).rejects.toThrow('did not hold')
}, 90_000)

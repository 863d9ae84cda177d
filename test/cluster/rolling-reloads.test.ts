import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/ending.ts'
import { watchFleet, workersOf } from '../support/fleet.ts'
import { startServer } from '../support/server.ts'
import { SPOTLESS } from '../support/verdict.ts'

const ROLLS = 10

test('ten rolls under load: no request fails, and a viewer moves once a roll', async () => {
  const file = join(temporaryFolder(), 'orch-config.yaml')
  const write = (minutes: number) => writeFileSync(file, `global: { stale_minutes: ${minutes} }\n`)
  write(10)
  const server = await startServer({ env: { WORKERS: '2', ORCH_CONFIG: file } })
  const outcomes = () => [...server.logs().matchAll(/configuration read anew: (.+)/g)].map(([, outcome]) => outcome)
  const watched = await watchFleet({ instances: [server], viewers: 20, perSecond: 60 })
  for (let roll = 1; roll <= ROLLS; roll++) {
    const before = new Set(workersOf(server))
    write(10 + roll)
    process.kill(server.pid(), 'SIGHUP')
    await eventually(() => outcomes().length === roll, { withinMs: 30_000, else: server.logs })
    await eventually(() => workersOf(server).length === 2 && workersOf(server).every((pid) => !before.has(pid)), { withinMs: 20_000 })
    await eventually(() => watched.viewers.every((viewer) => viewer.isOpen() && viewer.connections() === roll + 1), {
      withinMs: 20_000,
      else: () => watched.viewers.map((viewer) => `${viewer.connections()} opened, closed with ${viewer.closeCodes().join()}`).join('; '),
    })
  }
  expect(new Set(outcomes())).toEqual(new Set(['rolled']))
  await watched.grows(50)
  expect(await watched.verdict()).toEqual(SPOTLESS)
  expect([...watched.reports.answers.keys()]).toEqual(['202'])
  for (const viewer of watched.viewers) {
    expect(viewer.connections()).toBe(ROLLS + 1)
    expect(new Set(viewer.closeCodes())).toEqual(new Set([1012]))
  }
}, 150_000)

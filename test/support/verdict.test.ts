import { expect, test } from 'bun:test'
import { eventually } from './eventually.ts'
import { report } from './report.ts'
import { startServer } from './server.ts'
import { reportSteadily } from './steady-reports.ts'
import { judge } from './verdict.ts'
import { watchProject } from './viewer.ts'

test('the verdict names what was lost, who stands still and what stands out of order', async () => {
  const server = await startServer()
  const reports = reportSteadily({ urls: [server.url], projects: ['apollo'], perSecond: 100 })
  await eventually(() => reports.count() > 20)
  const viewer = watchProject([server.url], 'apollo')
  await eventually(() => viewer.rows().length > 0)
  await reports.stop()
  const forged = new Map([
    ['apollo', [...(reports.acknowledged.get('apollo') ?? []), { id: 'never-stored', epoch: 'abcd1234', offset: 7 }]],
  ])
  const halted = { ...viewer, since: () => 'abcd1234:3', problems: () => ['a hole'] }
  viewer.end()
  await report(server, 'apollo', { type: 'x-later' })
  const verdict = await judge({ urls: [server.url], reports: [{ ...reports, acknowledged: forged }], viewers: [halted] })
  expect(verdict).toMatchObject({ lost: 1, duplicated: 0, outOfOrder: 1, stale: 1, states: 1 })
  expect(verdict.problems).toHaveLength(3)
}, 60_000)

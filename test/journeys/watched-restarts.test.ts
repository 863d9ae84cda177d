import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startServer } from '../support/server.ts'
import { reportSteadily } from '../support/steady-reports.ts'
import { judge, SPOTLESS } from '../support/verdict.ts'
import { watchProject } from '../support/viewer.ts'

test('viewers and reporters of a service that is killed and stopped under load miss nothing', async () => {
  const server = await startServer()
  const projects = ['apollo', 'gemini']
  const reports = reportSteadily({ urls: [server.url], projects, perSecond: 60 })
  await eventually(() => projects.every((project) => (reports.acknowledged.get(project)?.length ?? 0) > 0))
  const viewers = projects.flatMap((project) => Array.from({ length: 10 }, () => watchProject([server.url], project)))
  const grows = (by: number, from = reports.count()) => eventually(() => reports.count() > from + by, { withinMs: 20_000 })
  const areWatched = () => eventually(() => viewers.every((viewer) => viewer.isOpen()), { withinMs: 20_000 })
  await areWatched()
  await grows(60)
  await server.kill()
  await server.restart()
  await areWatched()
  await grows(60)
  await server.restart()
  await areWatched()
  await grows(60)
  await reports.stop()
  expect(await judge({ urls: [server.url], reports: [reports], viewers })).toEqual(SPOTLESS)
  expect(viewers.every((viewer) => viewer.connections() === 3)).toBe(true)
})

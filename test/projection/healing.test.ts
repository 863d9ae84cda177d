import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { openInProcessBus } from '../../src/bus/in-process.ts'
import { type EventLog, LogUnavailableError } from '../../src/event-log/event-log.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { openProjections } from '../../src/projection/open-projections.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'

const away = async (): Promise<never> => {
  throw new LogUnavailableError('away')
}

async function openLog(folder = temporaryFolder()) {
  const log = await openSqliteLog({ file: join(folder, 'events.sqlite') })
  endAfter('test', () => log.close())
  return { log, folder }
}

async function follow(eventLog: EventLog, told: string[] = []) {
  const onError = (error: unknown) => {
    throw error
  }
  const opened = await openProjections({
    ...{ eventLog, bus: openInProcessBus(), staleMinutes: 10, onError },
    onOutage: (_, now) => void told.push(Object.keys(now).join()),
    tellRegistry: async ({ offset }) => {
      const event = { type: 'project_registered', project: 'apollo', settings: {}, id: `file:${offset}` } as const
      await eventLog.append('_projects', [event])
    },
  })
  endAfter('test', () => opened.close())
  return opened
}

const step = (log: EventLog, project: string, id: string) => log.append(project, [{ type: 'x-step', id }])

test('starts without the log, and knows everything once it is there', async () => {
  const { log } = await openLog()
  await step(log, 'gemini', 'a')
  const late: EventLog = { ...log, heads: away, head: away, read: away }
  const { projections, isRead, outages } = await follow(late)
  expect([isRead(), outages().log === undefined, [...projections.summaries()].length]).toEqual([false, false, 0])

  Object.assign(late, log)
  await eventually(() => isRead())
  expect([...projections.summaries()].map(({ project, offset }) => [project.name, offset]).toSorted()).toEqual([
    ['apollo', 0],
    ['gemini', 1],
  ])
  expect(outages()).toEqual({})
})

test('finds by the heads what nobody announced, and says when the log goes and comes', async () => {
  const { log, folder } = await openLog()
  const told: string[] = []
  const { projections } = await follow(log, told)
  await step(log, 'apollo', 'a')
  await eventually(() => projections.summary('apollo')?.offset === 1, { withinMs: 10_000 })
  renameSync(folder, `${folder}.away`)
  await eventually(() => told.join() === 'log')
  renameSync(`${folder}.away`, folder)
  await eventually(() => told.join() === 'log,')
})

test('a project that cannot be reached keeps what was known and is told of; the others go on', async () => {
  const { log } = await openLog()
  await Promise.all([step(log, 'apollo', 'a'), step(log, 'gemini', 'a')])
  const split: EventLog = { ...log }
  const { projections, outages, catchUp } = await follow(split)
  split.heads = async () => new Map([...(await log.heads())].filter(([name]) => name !== 'apollo'))
  split.read = (project, range) => (project === 'apollo' ? away() : log.read(project, range))
  await Promise.all([step(log, 'apollo', 'b'), step(log, 'gemini', 'b')])
  await catchUp()
  expect([projections.summary('apollo')?.offset, projections.summary('gemini')?.offset]).toEqual([1, 2])
  expect([outages().log, [...(outages().unreachable?.projects ?? [])]]).toEqual([undefined, ['apollo']])

  Object.assign(split, log)
  await eventually(() => projections.summary('apollo')?.offset === 2)
  expect(outages()).toEqual({})
})

test('another log shows its own state within seconds, and what it does not hold is gone', async () => {
  const { log } = await openLog()
  await Promise.all([step(log, 'apollo', 'a'), step(log, 'gemini', 'a')])
  const shown: EventLog = { ...log }
  const { projections } = await follow(shown)
  const gone: string[] = []
  projections.onChange(({ project, isGone }) => void (isGone && gone.push(project.name)))
  const { log: other } = await openLog()
  await step(other, 'mercury', 'a')
  Object.assign(shown, other)
  await eventually(() => projections.summary('gemini') === undefined && projections.summary('mercury')?.offset === 1)
  await eventually(() => projections.summary('apollo')?.offset === 0)
  expect(gone).toContain('gemini')
  expect(projections.findProject('apollo')?.name).toBe('apollo')
})

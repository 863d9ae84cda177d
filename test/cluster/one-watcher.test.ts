import { describe, expect, test } from 'bun:test'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECTS_LOG } from '../../src/domain/events/names.ts'
import type { Key } from '../../src/key-value/key-value.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { eventsOf, freeze, startTwo, TAKEOVER_MS } from '../support/two-servers.ts'
import { openProjectFolder } from '../support/orch-state.ts'
import { call } from '../support/report.ts'
import type { RunningServer } from '../support/server.ts'

async function setting() {
  const folder = await openProjectFolder()
  endAfter('test', () => folder[Symbol.asyncDispose]())
  const fleet = await startTwo(`projects:\n  apollo: { path: "${folder.path}" }\n`)
  const lease: Key = ['lease', 'state-files', 'apollo', folder.path]
  return { ...fleet, folder, lease, ownership: () => fleet.ownerOf(lease) }
}

/** What was told of the backlog, in order: its marks, and what was wrong with it. */
async function toldOf(server: RunningServer): Promise<unknown[]> {
  const events = await eventsOf(server, 'apollo')
  return events
    .filter(({ type, file }) => type === 'state_file' && file === 'backlog.json')
    .map(({ content, problem }) => problem ?? (content as { mark: number }).mark)
}

const tells = (server: RunningServer, expected: unknown[]) =>
  eventually(async () => (await toldOf(server)).length >= expected.length, { withinMs: TAKEOVER_MS }).then(async () =>
    expect(await toldOf(server)).toEqual(expected),
  )

describe("a project's state files", () => {
  test('are watched by another when their watcher is killed, which tells what changed meanwhile, once', async () => {
    const { folder, ownership } = await setting()
    const { owner, other } = await ownership()
    await folder.write('backlog.json', { mark: 1 })
    await tells(other, [1])
    await owner.kill()
    await folder.replace('backlog.json', { mark: 2 })
    await tells(other, [1, 2])
    await folder.replace('backlog.json', { mark: 3 })
    await tells(other, [1, 2, 3])
    await owner.restart()
    await folder.replace('backlog.json', { mark: 4 })
    await tells(owner, [1, 2, 3, 4])
    expect((await ownership()).owner).toBe(other)
  }, 90_000)

  test('that two watch for a moment, because one was frozen, are told of once, and so are their troubles', async () => {
    const { folder, ownership } = await setting()
    const { owner, other } = await ownership()
    await folder.write('backlog.json', { mark: 1 })
    await tells(other, [1])
    await folder.replace('backlog.json', '{')
    await tells(other, [1, 'damaged'])
    const frozen = freeze(owner)
    await eventually(async () => (await ownership()).owner === other, { withinMs: TAKEOVER_MS })
    await folder.replace('backlog.json', { mark: 2 })
    await tells(other, [1, 'damaged', 2])
    frozen.goOn()
    await folder.replace('backlog.json', { mark: 3 })
    await tells(owner, [1, 'damaged', 2, 3])
    await tells(other, [1, 'damaged', 2, 3])
  }, 90_000)

  test('are watched by nobody who has no such folder, and by somebody once it is there', async () => {
    const { folder, servers, shared, lease } = await setting()
    await folder.write('backlog.json', { mark: 1 })
    await tells(servers[0], [1])
    const away = `${folder.path}-away`
    await rename(folder.path, away)
    const isUnwatched = async () => (await shared.get(lease)) === undefined
    await eventually(isUnwatched, { withinMs: 60_000 })
    for (const server of servers) {
      // Both share a data folder on purpose, and say so.
      const warnings = (await call(server, '/ready')).body['warnings'] as string[]
      const others = warnings.filter((warning) => !warning.startsWith('another service uses the data folder'))
      expect(others).toEqual([expect.stringContaining(`${folder.path} is not there`)])
    }
    await rename(away, folder.path)
    await folder.replace('backlog.json', { mark: 2 })
    await eventually(async () => (await toldOf(servers[1])).at(-1) === 2, { withinMs: TAKEOVER_MS })
  }, 120_000)
})

test('two servers that start at once tell the registry of a project once', async () => {
  const { dataDir } = await setting()
  const log = await openSqliteLog({ file: join(dataDir, 'events.sqlite') })
  endAfter('test', () => log.close())
  const { events } = await log.read(PROJECTS_LOG, { after: 0, limit: 100 })
  expect(events.map(({ type }) => type)).toEqual(['project_registered'])
}, 60_000)

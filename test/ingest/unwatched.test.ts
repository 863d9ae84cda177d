import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'

const STATE_FILES = join(import.meta.dir, '../../src/ingest/state-files/state-files.ts')

/** Follows a project's files on a machine that has no file watches left, and prints what it tells. */
const program = (path: string) => `
const { openStateFiles } = await import(${JSON.stringify(STATE_FILES)})
const news = [], errors = []
const told = Promise.withResolvers()
const files = await openStateFiles({
  projects: [{ name: 'apollo', path: ${JSON.stringify(path)} }],
  accept: async (_, events) => told.resolve(events.map(({ file }) => file)),
  onError: (error) => errors.push(String(error)),
  onNews: (one) => news.push(one),
})
const read = await told.promise
const [{ isWatching, refusal }] = files.health()
console.log(JSON.stringify({ read, isWatching, refusal, errors, unwatched: news.filter(({ kind }) => kind === 'unwatched') }))
await files.close()
`

test('where the system has no file watches left, files are read all the same, and one plain sentence says so', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.orch-state'))
  writeFileSync(join(folder, '.orch-state/backlog.json'), '{}')
  const script = join(folder, 'follow.ts')
  writeFileSync(script, program(folder))
  const limited = 'echo 0 > /proc/sys/user/max_inotify_watches && exec "$0" "$1"'
  const child = Bun.spawn(['unshare', '--user', '--map-root-user', 'sh', '-c', limited, process.execPath, script], { stderr: 'inherit' })
  const said: unknown = JSON.parse(await new Response(child.stdout).text())
  const reason = 'no file watches are left on this machine (fs.inotify.max_user_watches)'
  expect(said).toEqual({
    ...{ read: ['backlog.json'], isWatching: false, refusal: reason, errors: [] },
    unwatched: [{ project: 'apollo', kind: 'unwatched', reason }],
  })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { temporaryFolder } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { call, report } from '../support/report.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const SOON = { withinMs: 20_000 }

async function setting() {
  const folder = temporaryFolder()
  for (const name of ['filed', 'quiet', 'linked']) mkdirSync(join(folder, name, '.orch-state'), { recursive: true })
  const stories = [{ id: 'story-0a1b2c3d', title: 'Ship it', status: 'backlog', priority: 1 }]
  writeFileSync(join(folder, 'filed/.orch-state/backlog.json'), JSON.stringify({ epics: [], stories, sprints: [] }))
  writeFileSync(join(folder, 'filed/.orch-state/status.json'), '{ "current_state": "SPRINT_ACTIVE", ')
  const orchestrator = await startOrchestrator()
  const redis = await startRedis()
  const config = `projects:
  filed: { path: ${join(folder, 'filed')} }
  quiet: { path: ${join(folder, 'quiet')}, description: "Nothing was heard of it" }
orchestrators:
  main: { url: "${orchestrator.url}", projects: [linked] }
`
  const server = await startServer({ config, env: { REDIS_URL: redis.url } })
  await orchestrator.until(() => orchestrator.connected() === 1)
  orchestrator.transition('linked', 'story-1', [null, 'design'])
  orchestrator.setCycle('story-2', { current_state: 'code_green', project: 'linked' })
  orchestrator.sendState()
  await report(server, 'posted', { type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' })
  return { redis, server }
}

const stateOf = async (server: RunningServer, name: string) => JSON.stringify((await call(server, `/api/v1/projects/${name}`)).body)
const filesSay = async (server: RunningServer) => {
  const { body } = await call(server, '/api/v1/projects/filed/events?limit=1000')
  const told = (body['events'] ?? []) as { file?: string; problem?: string }[]
  return told
    .map(({ file, problem }) => `${file} ${problem ?? 'content'}`)
    .toSorted()
    .join()
}
const FILES = 'backlog.json content,status.json damaged'

async function allIsTold(server: RunningServer) {
  await eventually(async () => (await filesSay(server)) === FILES, SOON)
  await eventually(async () => {
    const text = JSON.stringify((await call(server, '/api/v1/projects/linked/events?limit=1000')).body)
    return text.includes('story-1') && text.includes('story-2')
  }, SOON)
  for (const name of ['filed', 'quiet']) await eventually(async () => (await fetch(`${server.url}/projects/${name}`)).status === 200, SOON)
}

async function listedAnswer(server: RunningServer): Promise<string[]> {
  const listed = ((await call(server, '/api/v1/projects')).body['projects'] ?? []) as { name: string }[]
  for (const { name } of listed) expect([name, (await fetch(`${server.url}/projects/${name}`)).status]).toEqual([name, 200])
  return listed.map(({ name }) => name)
}

const emptied: [string, (redis: RedisServer) => Promise<unknown>][] = [
  ['while it runs', (redis) => redis.cli('flushall')],
  [
    'after it was started without its files',
    async (redis) => {
      await redis.cli('flushall')
      await redis.restart()
    },
  ],
]

test.each(emptied)(
  'a log that came back empty %s is told again what files, orchestrators and the configuration still say',
  async (_, empty) => {
    const { redis, server } = await setting()
    await allIsTold(server)
    await empty(redis)
    await allIsTold(server)
    expect(await stateOf(server, 'quiet')).toContain('Nothing was heard of it')
    expect(await listedAnswer(server)).not.toContain('posted')
  },
  90_000,
)

test('a project that goes on reporting into a log that came back empty is listed and answers', async () => {
  const { redis, server } = await setting()
  await allIsTold(server)
  await redis.cli('flushall')
  await report(server, 'posted', { type: 'workflow_transition', new_state: 'SPRINT_REVIEW' })
  await allIsTold(server)
  await eventually(async () => (await listedAnswer(server).catch((): string[] => [])).includes('posted'), SOON)
}, 90_000)

test('a list of projects that was lost alone is made from the logs that are there', async () => {
  const { redis, server } = await setting()
  await allIsTold(server)
  const keys = (await redis.cli('--raw', 'keys', '*_projects*')).split('\n').filter((key) => key !== '')
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) {
    const bucket = /\{(.*?)\}/.exec(key)?.[1]
    for (const one of (await redis.cli('--raw', 'keys', `*{${bucket}}*`)).split('\n')) if (one !== '') await redis.cli('del', one)
  }
  await eventually(async () => (await listedAnswer(server).catch((): string[] => [])).includes('posted'), SOON)
}, 90_000)

import { expect, test } from 'bun:test'
import { bucketOf } from '../../src/redis/keys.ts'
import { eventually } from '../support/eventually.ts'
import { startFleet, watchFleet } from '../support/fleet.ts'
import { startPostgres } from '../support/postgres.ts'
import { type RedisServer, startCluster, startRedis } from '../support/redis.ts'
import { SPOTLESS } from '../support/verdict.ts'

test('PostgreSQL is killed under load, and starts again: nothing is lost, doubled or out of order', async () => {
  const [redis, postgres] = [await startRedis(), await startPostgres('test')]
  const instances = await startFleet({ env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url } })
  const watched = await watchFleet({ instances })
  await watched.grows(60)
  await postgres.kill('SIGKILL')
  await eventually(() => watched.reports.answers.get('503') !== undefined, { withinMs: 15_000 })
  await postgres.restart()
  await watched.grows(100)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)

/** Which master holds a project's log. */
async function masterOf(project: string, masters: readonly RedisServer[]): Promise<RedisServer> {
  const slot = await masters[0]!.cli('CLUSTER', 'KEYSLOT', `visualizer:{${bucketOf(project)}}:heads`)
  for (const master of masters) if (Number(await master.cli('CLUSTER', 'COUNTKEYSINSLOT', slot)) > 0) return master
  throw new Error(`no master holds ${project}`)
}

/** Projects enough to lie on every master. */
const PROJECTS = Array.from({ length: 12 }, (_, index) => `project-${index}`)

test('one master of a Cluster dies: its projects wait, the others go on, and afterwards nothing is lost', async () => {
  const cluster = await startCluster()
  const instances = await startFleet({ env: { REDIS_CLUSTER: 'true', REDIS_URL: cluster.urls.join() } })
  const watched = await watchFleet({ instances, projects: PROJECTS, viewers: 24 })
  await watched.grows(100)
  const dead = await masterOf('_projects', cluster.masters)
  await dead.kill()
  await eventually(() => watched.reports.answers.get('503') !== undefined, { withinMs: 20_000 })
  const before = new Map(PROJECTS.map((project) => [project, watched.reports.acknowledged.get(project)?.length ?? 0]))
  await watched.grows(100)
  const going = PROJECTS.filter((project) => (watched.reports.acknowledged.get(project)?.length ?? 0) > (before.get(project) ?? 0) + 3)
  expect(going.length).toBeGreaterThan(3)
  expect(going.length).toBeLessThan(PROJECTS.length)
  const live = watched.viewers.filter(({ project }) => going.includes(project))
  const positions = live.map((viewer) => viewer.since())
  await eventually(() => live.every((viewer, index) => viewer.since() !== positions[index]), { withinMs: 15_000 })
  for (const { url } of instances) expect((await fetch(`${url}/ready`)).status).toBe(200)
  await dead.restart()
  await watched.grows(200)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)

import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, workersOf } from '../support/fleet.ts'
import { startOrchestrator } from '../support/orchestrator.ts'
import { startRedis } from '../support/redis.ts'
import { eventsOf, TAKEOVER_MS } from '../support/two-servers.ts'

async function setting() {
  const orchestrator = await startOrchestrator()
  const redis = await startRedis()
  const config = `orchestrators:\n  main: { url: "${orchestrator.url}", projects: [apollo] }\n`
  const instances = await startFleet({ env: { REDIS_URL: redis.url }, config })
  await orchestrator.until(() => orchestrator.connected() === 1)
  return { orchestrator, redis, instances }
}

const movesIn = async (instance: Parameters<typeof eventsOf>[0]) =>
  (await eventsOf(instance, 'apollo').catch(() => []))
    .filter(({ type }) => type === 'tdd_transition')
    .map((event) => String(event['story_id']))

test('of four workers on two instances one follows an orchestrator; with its instance gone another does, and each move counts once', async () => {
  const { orchestrator, redis, instances } = await setting()
  orchestrator.transition('apollo', 'story-1', [null, 'design'])
  for (const instance of instances) await eventually(async () => (await movesIn(instance)).join() === 'story-1', { withinMs: TAKEOVER_MS })
  const owner = (await redis.cli('GET', 'visualizer:lease:orchestrator:main')).split(' ')[2] ?? ''
  expect(Number(owner)).toBeGreaterThan(0)
  const dead = instances.find((instance) => workersOf(instance).includes(Number(owner)))
  const left = instances.find((instance) => instance !== dead)
  expect(dead).toBeDefined()
  await dead!.kill()
  orchestrator.transition('apollo', 'story-2', [null, 'design'])
  await eventually(() => orchestrator.connected() === 1, { withinMs: TAKEOVER_MS })
  orchestrator.transition('apollo', 'story-3', [null, 'design'])
  await eventually(async () => (await movesIn(left!)).join() === 'story-1,story-2,story-3', { withinMs: TAKEOVER_MS })
}, 90_000)

test('while Redis is away nobody is sure of a lease; when it is back one follows, and nothing counts twice', async () => {
  const { orchestrator, redis, instances } = await setting()
  orchestrator.transition('apollo', 'story-1', [null, 'design'])
  await eventually(async () => (await movesIn(instances[0]!)).length === 1, { withinMs: TAKEOVER_MS })
  await redis.kill()
  await eventually(() => orchestrator.connected() === 0, { withinMs: TAKEOVER_MS })
  orchestrator.transition('apollo', 'story-2', [null, 'design'])
  await redis.restart()
  await eventually(() => orchestrator.connected() === 1, { withinMs: TAKEOVER_MS })
  for (const instance of instances)
    await eventually(async () => (await movesIn(instance)).join() === 'story-1,story-2', { withinMs: TAKEOVER_MS })
}, 90_000)

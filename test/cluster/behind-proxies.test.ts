import { beforeAll, expect, test } from 'bun:test'
import { startFleet, watchFleet } from '../support/fleet.ts'
import { startHaproxy, startNginx } from '../support/proxies.ts'
import { startRedis } from '../support/redis.ts'
import type { RunningServer } from '../support/server.ts'
import { SPOTLESS } from '../support/verdict.ts'

let instances: RunningServer[]
beforeAll(async () => {
  const redis = await startRedis({ lifetime: 'file' })
  instances = await startFleet({ env: { REDIS_URL: redis.url }, lifetime: 'file' })
})

test.each([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const)(
  'two instances of two workers behind %s: fifty viewers see what was reported, whoever took it',
  async (name, startProxy) => {
    const proxy = await startProxy(instances.map(({ port }) => port))
    const projects = ['apollo', 'gemini', 'mercury'].map((project) => `${project}-${name}`)
    const watched = await watchFleet({ instances, urls: [proxy.url], projects, viewers: 50, perSecond: 50 })
    await watched.grows(400)
    expect(await watched.verdict()).toEqual(SPOTLESS)
    expect(watched.viewers.map((viewer) => viewer.connections())).toEqual(watched.viewers.map(() => 1))
    expect([...watched.reports.answers.keys()]).toEqual(['202'])
  },
  90_000,
)

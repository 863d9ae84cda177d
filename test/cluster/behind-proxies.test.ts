import { expect, test } from 'bun:test'
import { startFleet, watchFleet } from '../support/fleet.ts'
import { startHaproxy, startNginx } from '../support/proxies.ts'
import { startRedis } from '../support/redis.ts'
import { SPOTLESS } from '../support/verdict.ts'

test.each([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const)(
  'two instances of two workers behind %s: fifty viewers see what was reported, whoever took it',
  async (_, startProxy) => {
    const redis = await startRedis()
    const instances = await startFleet({ env: { REDIS_URL: redis.url } })
    const proxy = await startProxy(instances.map(({ port }) => port))
    const watched = await watchFleet({ instances, urls: [proxy.url], viewers: 50, perSecond: 50 })
    await watched.grows(400)
    expect(await watched.verdict()).toEqual(SPOTLESS)
    expect(watched.viewers.map((viewer) => viewer.connections())).toEqual(watched.viewers.map(() => 1))
    expect([...watched.reports.answers.keys()]).toEqual(['202'])
  },
  90_000,
)

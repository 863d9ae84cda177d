import { expect, test } from 'bun:test'
import { eventually } from '../support/eventually.ts'
import { startFleet, type Watched, watchFleet } from '../support/fleet.ts'
import { type RedisSentinel, startRedis, startSentinel } from '../support/redis.ts'
import { SPOTLESS } from '../support/verdict.ts'

const epochsOf = (watched: Watched) => watched.viewers.map((viewer) => viewer.epochs().at(-1))

/** Resolves once every viewer shows another epoch than before, the same for all of a project. */
async function untilTurned(watched: Watched, before: readonly (string | undefined)[]): Promise<void> {
  const { viewers, reports } = watched
  const told = () =>
    [
      ...viewers.map((viewer) => `${viewer.project} at ${viewer.since()}, saw ${viewer.epochs().join(' then ')}, open: ${viewer.isOpen()}`),
      ...[...reports.answers].map(([answer, count]) => `${count} reports were answered ${answer}`),
    ].join('\n')
  const hasTurned = () => epochsOf(watched).every((epoch, index) => epoch !== before[index])
  await eventually(hasTurned, { withinMs: 15_000, else: told })
}

test('a Redis that was emptied: the epoch turns, viewers see what is there now, and reports go on', async () => {
  const redis = await startRedis()
  const instances = await startFleet({ env: { REDIS_URL: redis.url } })
  const watched = await watchFleet({ instances })
  await watched.grows(60)
  const before = epochsOf(watched)
  await redis.cli('FLUSHALL')
  await untilTurned(watched, before)
  await watched.grows(60)
  expect(await watched.verdict({ isEmptied: true })).toEqual(SPOTLESS)
}, 90_000)

/** Sentinels take their time: two who vote at once, or a replica that they know too little of, and they try again seconds later. */
const untilPromoted = ({ replica }: RedisSentinel) =>
  eventually(async () => (await replica.cli('info', 'replication')).includes('role:master'), { withinMs: 45_000 })

const sentinelEnv = ({ sentinels, masterName }: RedisSentinel) => ({
  REDIS_SENTINELS: sentinels.map(({ host, port }) => `${host}:${port}`).join(),
  REDIS_MASTER_NAME: masterName,
})

test('a Sentinel failover: reports go on at the new master, and nothing that was acknowledged is lost', async () => {
  const redis = await startSentinel()
  const instances = await startFleet({ env: sentinelEnv(redis) })
  const watched = await watchFleet({ instances })
  await watched.grows(60)
  const before = epochsOf(watched)
  await redis.master.kill()
  await untilPromoted(redis)
  await untilTurned(watched, before)
  await watched.grows(60)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)

test('a failover that lost writes: viewers who saw them see the state without them', async () => {
  const redis = await startSentinel()
  const instances = await startFleet({ env: sentinelEnv(redis) })
  const watched = await watchFleet({ instances })
  await watched.grows(60)
  // The replica stands still: what the master stores now is not acknowledged, and only it has it.
  redis.replica.signal('SIGSTOP')
  const [position] = await Promise.all([watched.viewers[0]!.since(), eventually(() => watched.reports.answers.get('503') !== undefined)])
  await eventually(() => watched.viewers[0]!.since() !== position, { withinMs: 15_000 })
  const before = epochsOf(watched)
  await redis.master.kill()
  redis.replica.signal('SIGCONT')
  await untilPromoted(redis)
  await untilTurned(watched, before)
  await watched.grows(60)
  expect(await watched.verdict()).toEqual(SPOTLESS)
}, 120_000)

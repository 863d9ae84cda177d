import { expect, test } from 'bun:test'
import { openRedisBus } from '../../src/bus/redis.ts'
import { announcement } from '../bus/bus.contract.ts'
import { type Listening, listening } from '../bus/breaks.contract.ts'
import { eventually } from '../support/eventually.ts'
import { startCluster } from '../support/redis.ts'
import { topics } from '../../src/bus/bus.ts'

const PROJECTS = Array.from({ length: 60 }, (_, index) => `project-${index}`)

test('a dead master of a Cluster takes only the messages of its own projects, and they come again with it', async () => {
  const { config, masters } = await startCluster()
  const [anna, ben] = [await listening(() => openRedisBus({ redis: config })), await listening(() => openRedisBus({ redis: config }))]
  let offset = 0

  /** Which projects are heard of by both when something is published about all of them. */
  async function round(): Promise<number> {
    offset += 1
    for (const project of PROJECTS) anna.bus.publish(topics.events, announcement(offset, project))
    const count = ({ heard }: Listening) => heard.filter((message) => message.offset === offset).length
    let [last, same] = [-1, 0]
    await eventually(
      () => {
        const now = count(ben)
        same = now === last ? same + 1 : 0
        last = now
        return now === PROJECTS.length || (now > 0 && same > 10)
      },
      { withinMs: 5_000 },
    )
    return count(ben)
  }

  expect(await round()).toBe(60)
  expect(anna.bus.isUp()).toBe(true)
  const before = ben.missed()
  await masters[0]?.kill()
  await eventually(() => !ben.bus.isUp(), { withinMs: 5_000 })
  // The service stays ready: what one instance cannot mend must not empty the load balancer.
  expect(ben.bus.isThere()).toBe(true)
  const heard = await round()
  expect(heard).toBeGreaterThan(20)
  expect(heard).toBeLessThan(60)
  await masters[0]?.restart()
  await eventually(() => anna.bus.isUp() && ben.bus.isUp(), { withinMs: 15_000 })
  await eventually(() => ben.missed() > before)
  await eventually(async () => (await round()) === 60, { withinMs: 5_000 })
}, 60_000)

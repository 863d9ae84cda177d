import { expect, test } from 'bun:test'
import { LeasedLink, type LeasedLinkDeps } from '../../src/ingest/orchestrator/leased-link.ts'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'
import { StoreUnavailableError } from '../../src/key-value/key-value.ts'
import { endAfter } from '../support/ending.ts'
import { eventually } from '../support/eventually.ts'
import { openJournal } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'

/** A link of this worker or of another, over a store that the test takes away. */
async function openFollowed({ isOurs }: { isOurs: boolean }) {
  const journal = await openJournal()
  const errors: unknown[] = []
  const shown: LinkHealth[] = []
  let isAway = false
  let calls = 0
  const answer = async () => {
    calls += 1
    if (isAway) throw new StoreUnavailableError('the store is away')
  }
  const deps: LeasedLinkDeps = {
    orchestrator: { name: 'main', url: `ws://127.0.0.1:${await freePort()}`, projects: undefined, token: undefined },
    leases: { want: ({ taken }) => isOurs && taken() },
    keyValue: { get: async () => void (await answer()), set: answer },
    ...{ accept: journal.accept, stateOf: journal.stateOf },
    onHealth: (health) => void shown.push(health),
    onError: (error) => void errors.push(error),
  }
  const link = new LeasedLink(deps)
  endAfter('test', () => link.close())
  const looks = async (count: number) => {
    const until = calls + count
    await eventually(async () => {
      await link.refresh()
      return calls >= until
    })
  }
  return { errors, shown, looks, setAway: (away: boolean) => void (isAway = away) }
}

test.each([
  ['that another worker follows', false],
  ['that this worker follows', true],
])('how a link stands %s and cannot be shared is told once, until it can be again', async (_, isOurs) => {
  const { errors, looks, setAway } = await openFollowed({ isOurs })
  await looks(1)
  expect(errors).toEqual([])
  setAway(true)
  await looks(3)
  expect(errors.map(String)).toEqual(['StoreUnavailableError: the store is away'])
  setAway(false)
  await looks(2)
  setAway(true)
  await looks(2)
  expect(errors).toHaveLength(2)
})

test('a link whose owner cannot be asked says that nothing is known of it', async () => {
  const { shown, looks, setAway } = await openFollowed({ isOurs: false })
  setAway(true)
  await looks(1)
  expect(shown.at(-1)).toMatchObject({ state: 'unowned', lastProblem: expect.stringContaining('what the workers share is away') })
})

import { expect, test } from 'bun:test'
import type { Announcement } from '../../src/bus/bus.ts'
import { openInProcessBus } from '../../src/bus/in-process.ts'
import { describeBus } from './bus.contract.ts'

describeBus('in-process', async (onError) => openInProcessBus({ onError }))

test('what one turn published is delivered in one turn', async () => {
  const bus = openInProcessBus()
  const heard: number[] = []
  await bus.subscribe('t', { deliver: ({ offset }: Announcement) => void heard.push(offset), missed: () => {} })
  for (const offset of [1, 2, 3]) {
    bus.publish('t', { project: 'apollo', epoch: 'abcd1234', offset, events: [] })
    await Promise.resolve()
    expect(heard).toEqual([])
  }
  await new Promise(setImmediate)
  expect(heard).toEqual([1, 2, 3])
  await bus.close()
})

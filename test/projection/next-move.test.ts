import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { NewEvent } from '../../src/domain/events/event.ts'
import { openSqliteLog } from '../../src/event-log/sqlite/sqlite.ts'
import { nextMove, stateAt } from '../../src/projection/time-travel.ts'
import { endAfter, temporaryFolder } from '../support/ending.ts'

/** A change with every third event, many more than are remembered. */
async function openBusyLog(events: number) {
  const eventLog = await openSqliteLog({ file: join(temporaryFolder(), 'events.sqlite') })
  endAfter('test', () => eventLog.close())
  const all = Array.from({ length: events }, (_, index): NewEvent => {
    const offset = index + 1
    if (offset % 3 !== 0) return { type: 'chat_message', message: 'on it', user_id: 'mara', id: `e${offset}` }
    return { type: 'workflow_transition', new_state: offset % 2 === 0 ? 'SPRINT_ACTIVE' : 'SPRINT_PAUSED', id: `e${offset}` }
  })
  for (let from = 0; from < events; from += 1_000) await eventLog.append('apollo', all.slice(from, from + 1_000))
  return { eventLog, onError: (error: unknown) => expect(error).toBeUndefined() }
}

test('the next change is found where the newest state no longer remembers it', async () => {
  const deps = await openBusyLog(6_000)
  const { moves } = (await stateAt(deps, 'apollo', '6000')).state.workflow
  for (const after of [0, 1, 3, 1_000, 2_999, 4_444, 5_998]) {
    const found = await nextMove(deps, 'apollo', { after, known: moves })
    expect(found?.offset).toBe(Math.floor(after / 3) * 3 + 3)
  }
  expect(await nextMove(deps, 'apollo', { after: 6_000, known: moves })).toBeUndefined()
})

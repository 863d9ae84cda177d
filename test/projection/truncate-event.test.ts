import { expect, test } from 'bun:test'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { truncateEvent } from '../../src/projection/truncate-event.ts'

const stored = { id: 'e1', offset: 1, received_at: 1_795_478_382_367 }

test('a short event is kept as it is', () => {
  const event: StoredEvent = { ...stored, type: 'chat_message', message: 'hello' }
  expect(truncateEvent(event)).toBe(event)
})

test('of a state file, its name is kept and not what it holds', () => {
  const content = { stories: Array.from({ length: 1_000 }, (_, index) => ({ id: `story-${index}` })) }
  const event: StoredEvent = { ...stored, type: 'state_file', file: 'backlog.json', mtime: '2026-11-23T20:30:47Z', content }
  expect(truncateEvent(event)).toEqual({ ...event, content: undefined })
})

test('long texts and large objects are cut to what a line can show', () => {
  const chat: StoredEvent = { ...stored, type: 'chat_message', message: '😀'.repeat(8_000) }
  const parallel: StoredEvent = { ...stored, type: 'parallel_status', status_data: { rows: Array.from({ length: 5_000 }, () => 'row') } }
  expect(JSON.stringify(truncateEvent(chat)).length).toBeLessThan(3_000)
  expect(JSON.stringify(truncateEvent(chat)).isWellFormed()).toBe(true)
  expect(truncateEvent(parallel)).toEqual({ ...parallel, status_data: {} })
})

test('of a long call of a tool, both ends of its command stay', () => {
  const command = `echo ${'x'.repeat(9_000)} && rm -rf /srv`
  const detail = { notes: 'n'.repeat(9_000), command, more: { deep: 'd'.repeat(9_000) }, exit: 1 }
  const event: StoredEvent = { ...stored, type: 'agent_activity', agent_type: 'a', action: 'Bash', tool: 'Bash', status: 'started', detail }
  const short = JSON.stringify(truncateEvent(event))
  expect(short).toContain('"command":"echo xxx')
  expect(short).toContain('&& rm -rf /srv"')
  expect(short.length).toBeLessThan(5_000)
})

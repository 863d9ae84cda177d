import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { boundEvent, EVENT_LIMIT_BYTES, TEXT_LIMIT_BYTES } from '../../src/domain/events/bound-event.ts'
import { boundText } from '../../src/domain/events/bound-text.ts'
import { parseEvent } from '../../src/domain/events/parse-event.ts'
import { STATE_FILE_LIMIT_BYTES } from '../../src/domain/state-files/state-file-bounds.ts'

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const chat = (message: string) => ({ type: 'chat_message', message })

describe('a bounded event', () => {
  test('is the same object when nothing has to change', () => {
    const event = { type: 'agent_activity', action: 'test', detail: { command: 'npm test', list: [1, 'ü', null] } }
    expect(boundEvent(event)).toBe(event)
  })

  test('has texts of 16 KiB at most, and says what is missing', () => {
    const { message } = boundEvent(chat('a'.repeat(36_800)))
    expect(message).toMatch(/^a+… \[cut: 20 480 more characters\] …a+$/)
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(TEXT_LIMIT_BYTES)
    expect(boundEvent(chat('a'.repeat(TEXT_LIMIT_BYTES))).message).toBe('a'.repeat(TEXT_LIMIT_BYTES))
  })

  test('keeps the end of a text, where a command hides what it does', () => {
    const asked = { type: 'approval_requested', title: 'Clean up?', description: `echo ${'ä🚀 '.repeat(9_000)}&& rm -rf /srv` }
    const { description } = boundEvent(asked)
    expect(description).toStartWith('echo ä🚀 ä🚀')
    expect(description).toMatch(/… \[cut: [\d ]+ more characters\] …/)
    expect(description).toEndWith('ä🚀 && rm -rf /srv')
    expect(Buffer.byteLength(description)).toBeLessThanOrEqual(TEXT_LIMIT_BYTES)
    expect(description.isWellFormed()).toBe(true)
  })

  test('cuts between characters, counted in bytes', () => {
    const { message } = boundEvent(chat('🚀'.repeat(10_000)))
    expect(message.isWellFormed()).toBe(true)
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(TEXT_LIMIT_BYTES)
    expect(message).toMatch(/^(🚀)+… \[cut: [\d ]+ more characters\] …(🚀)+$/u)
  })

  test('has neither NUL nor half characters, in keys neither', () => {
    expect(boundEvent({ ...chat('a\0b\ud83dc'), detail: [{ 'k\0': 'v\0' }] })).toEqual({
      ...chat('a\ufffdb\ufffdc'),
      detail: [{ 'k\ufffd': 'v\ufffd' }],
    } as never)
    expect(boundEvent({ ...chat('m'), 'a\0b': 1, '\udc00': { deep: true } })).toEqual({
      ...chat('m'),
      'a\ufffdb': 1,
      '\ufffd': { deep: true },
    } as never)
  })

  test('is 256 KiB at most, whatever it is made of', () => {
    const texts = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field${index}`, 'x'.repeat(15_000)]))
    const list = Array.from({ length: 50_000 }, (_, index) => ({ index, text: 'some text' }))
    const wide = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`key${index}`, 'v']))
    const escapes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, '\u0001'.repeat(16_000)]))
    for (const status_data of [texts, { list }, wide, escapes, { k: { ['k'.repeat(300_000)]: 1 } }]) {
      const bounded = boundEvent({ type: 'parallel_status', id: 'e', status_data })
      expect(bytes(bounded)).toBeLessThanOrEqual(EVENT_LIMIT_BYTES)
      expect(JSON.stringify(bounded)).toMatch(/cut/)
      expect(parseEvent(bounded, { project: 'apollo' })).toMatchObject({ type: 'parallel_status', id: 'e' })
    }
    const own = boundEvent({ type: 'x-own', id: 'e', ...wide })
    expect(bytes(own)).toBeLessThanOrEqual(EVENT_LIMIT_BYTES)
    expect(own).toMatchObject({ type: 'x-own', id: 'e' })
  })

  test('is bounded once: again changes nothing', () => {
    const large = fc.record({
      type: fc.constant('x-own'),
      text: fc.string({ unit: 'binary', maxLength: 20_000, size: 'max' }),
      list: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 50 }),
    })
    fc.assert(
      fc.property(large, (event) => {
        const once = boundEvent(event)
        expect(boundEvent(once)).toEqual(once)
        expect(bytes(once)).toBeLessThanOrEqual(EVENT_LIMIT_BYTES)
      }),
      { numRuns: 20 },
    )
  })

  test('says how much of a list and of an object it has lost', () => {
    const list = Array.from({ length: 3_000 }, () => 't'.repeat(200))
    const fields = Object.fromEntries(list.map((text, index) => [`key${index}`, text]))
    expect(boundEvent({ type: 'x-own', list }).list.at(-1)).toBe('… [cut: 2 000 more]')
    expect(boundEvent({ type: 'x-own', fields }).fields['…']).toBe('[cut: 2 000 more fields]')
  })

  test('marks a cut in any limit', () => {
    expect(boundText('é'.repeat(200), 128)).toBe(`${'é'.repeat(21)}… [cut: 169 more characters] …${'é'.repeat(10)}`)
  })
})

describe('a bounded state file', () => {
  const story = (index: number) => ({ id: `story-${index}`, title: `Story ${index}`, description: 'd'.repeat(20_000) })
  const file = (content: unknown) => ({ type: 'state_file', file: 'backlog.json', content })

  test('keeps long texts whole', () => {
    const event = file({ stories: [story(1)] })
    expect(boundEvent(event)).toBe(event)
  })

  test('loses whole records, the oldest first, and says how many', () => {
    const stories = Array.from({ length: 300 }, (_, index) => story(index))
    const event = file({ epics: [{ id: 'epic-1' }], stories })
    const bounded = boundEvent(event) as ReturnType<typeof file> & { content: typeof event.content; dropped_records: number }
    const { stories: kept, epics } = bounded.content as { stories: typeof stories; epics: unknown[] }
    expect(bytes(bounded.content)).toBeLessThanOrEqual(STATE_FILE_LIMIT_BYTES)
    expect(kept).toEqual(stories.slice(-kept.length))
    expect(kept.length).toBeGreaterThan(200)
    expect(bounded.dropped_records).toBe(300 - kept.length)
    expect(epics).toEqual([{ id: 'epic-1' }])
    expect((event.content as { stories: unknown[] }).stories).toHaveLength(300)
  })

  test('loses records within the last record rather than the record', () => {
    const results = Array.from({ length: 300 }, (_, index) => ({ id: `test-${index}`, output: 'o'.repeat(20_000) }))
    const bounded = boundEvent({ ...file({ tasks: [{ id: 'task', test_results: results }] }), file: 'tdd_cycles/a.json' })
    const { tasks } = bounded.content as { tasks: { id: string; test_results: { id: string }[] }[] }
    expect(tasks[0]?.id).toBe('task')
    expect(tasks[0]?.test_results.at(-1)?.id).toBe('test-299')
  })

  test('is not kept when one text makes it too large', () => {
    expect(boundEvent(file({ note: 'n'.repeat(5_000_000) }))).toEqual({ ...file(null), problem: 'too_large' } as never)
  })

  test('has neither NUL nor half characters', () => {
    expect(boundEvent(file({ 'a\0': ['b\ud83d'] }))).toEqual(file({ 'a\ufffd': ['b\ufffd'] }))
  })
})

import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { parseEvent } from '../../src/domain/events/parse-event.ts'
import { RefusedError } from '../../src/domain/refused.ts'

const apollo = { project: 'apollo' }

function refusalOf(input: unknown, context: Parameters<typeof parseEvent>[1] = apollo): RefusedError {
  try {
    parseEvent(input, context)
  } catch (error) {
    if (error instanceof RefusedError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`)

describe('an event that fits', () => {
  test('comes back as it was, with the fields that nobody asked for', () => {
    const event = { type: 'workflow_transition', project: 'Apollo', old_state: null, new_state: 'IDLE', mood: { good: true }, id: 'e-1' }
    expect(parseEvent(event, apollo)).toEqual(event as never)
  })

  test.each(['2026-11-23T20:28:21.370149', '2026-11-23 20:28:21', '2026-11-23T20:28:21Z', '2026-11-23T20:28:21+01:00'])(
    'keeps its time as text: %s',
    (timestamp) => {
      expect(parseEvent({ type: 'ci_status', status: 'passed', timestamp }, apollo)).toMatchObject({ timestamp })
    },
  )

  test('gets no id of its own', () => {
    expect('id' in parseEvent({ type: 'chat_message', message: '' }, apollo)).toBe(false)
    expect('id' in parseEvent({ type: 'chat_message', message: '', id: null, timestamp: null }, apollo)).toBe(false)
  })

  test.each([
    { type: 'workflow_transition', old_state: 'IDLE', new_state: 'BACKLOG_READY' },
    { type: 'tdd_transition', story_id: 's', old_state: null, new_state: 'design' },
    { type: 'tdd_cycle_started', story_id: 's' },
    { type: 'tdd_progress_update', story_id: 's', progress: 0.5 },
    { type: 'tdd_cycle_completed', story_id: 's', completed_at: '2026-11-23T20:28:21' },
    { type: 'agent_activity', agent_type: 'QAAgent', action: 'task_execution', status: 'queued' },
    { type: 'parallel_status', status_data: {} },
    { type: 'agent_status', agent_id: 'a', status: 'needs_input' },
    { type: 'state_file', file: 'status.json', mtime: '2026-11-23T20:28:21Z', content: {} },
    { type: 'approval_requested', approval_id: 'a', title: 'Run it?' },
    { type: 'approval_resolved', approval_id: 'a', decision: 'withdrawn' },
    { type: 'chat_message', message: 'hello', user_id: 'mara', message_type: 'user', message_id: 'm' },
    { type: 'command_execution', command: '/epic', status: 'progress', command_id: 'c', user_id: 'mara' },
    { type: 'error_state', error_message: 'disk full', severity: 'critical' },
    { type: 'state_highlight', highlight_id: 'h' },
    { type: 'user_presence', user_id: 'mara', action: 'joined' },
    { type: 'usage', input_tokens: 0 },
    { type: 'ci_status', status: 'error' },
    { type: 'x-deploy.finished', colour: 'green' },
  ])('of each type is accepted: $type', (event) => {
    expect(parseEvent(event, apollo)).toEqual(event as never)
  })

  test('may have been read from a log: the log numbers it anew', () => {
    const event = { type: 'ci_status', status: 'passed', id: 'e', offset: 7, received_at: 12 }
    expect(parseEvent(event, apollo)).toEqual({ type: 'ci_status', status: 'passed', id: 'e' })
  })

  test('may name its project in any case, or call it default', () => {
    for (const project of ['APOLLO', 'default', null]) parseEvent({ type: 'ci_status', status: 'passed', project }, apollo)
  })

  test('may be 32 levels deep', () => {
    expect(parseEvent({ type: 'x-deep', inner: nested(31) }, apollo).type).toBe('x-deep')
  })
})

describe('a refusal', () => {
  test.each([
    [null, 'an event is a JSON object'],
    [[], 'an event is a JSON object'],
    ['text', 'an event is a JSON object'],
    [{}, /^type is missing; known are workflow_transition, .* and x-… for your own$/],
    [{ type: 7 }, 'type is not a text'],
    [{ type: 'tdd_transiton' }, 'type "tdd_transiton" is unknown: did you mean tdd_transition? An event of your own begins with x-'],
    [{ type: 'zzzzzzzzzzzzzzz' }, /^type "zzzzzzzzzzzzzzz" is unknown: known are /],
    [{ type: 'project_registered', project: 'apollo', settings: {} }, /^type "project_registered" is unknown/],
    [{ type: 'x-' }, /^type /],
    [{ type: 'x-a b' }, /^type /],
    [{ type: `x-${'a'.repeat(200)}` }, /^type /],
    [{ type: 'tdd_transition', new_state: 'design' }, 'story_id is missing'],
    [{ type: 'tdd_transition', new_state: 'design', story_id: 7 }, 'story_id is not a string'],
    [{ type: 'tdd_transition', new_state: '', story_id: 's' }, 'new_state is empty'],
    [{ type: 'tdd_transition', new_state: 'd', story_id: 'a\u202eb' }, 'story_id contains control or direction characters'],
    [{ type: 'tdd_transition', new_state: 'd'.repeat(257), story_id: 's' }, 'new_state is longer than 256 characters'],
    [{ type: 'tdd_progress_update', story_id: 's', progress: 2 }, 'progress is more than 1'],
    [{ type: 'usage', input_tokens: -1 }, 'input_tokens is less than 0'],
    [{ type: 'ci_status', status: 'green' }, 'status is not one of passed, failed, running, error'],
    [{ type: 'parallel_status', status_data: [] }, 'status_data is not a record'],
    [{ type: 'ci_status', status: 'passed', id: 'x'.repeat(129) }, 'id is not a text of 1 to 128 printable characters'],
    [{ type: 'ci_status', status: 'passed', id: 'a\nb' }, 'id is not a text of 1 to 128 printable characters'],
    [{ type: 'ci_status', status: 'passed', id: 7 }, 'id is not a text of 1 to 128 printable characters'],
    [{ type: 'ci_status', status: 'passed', timestamp: 'noon' }, /^timestamp is not a time like 2026-11-23T20:30:47.032322/],
    [{ type: 'ci_status', status: 'passed', timestamp: 1_790_000_000 }, /^timestamp is not a time like/],
    [{ type: 'ci_status', status: 'passed', project: 'gemini' }, 'project "gemini" is not apollo, the project that it was sent to'],
    [{ type: 'ci_status', status: 'passed', project: 7 }, 'project is not a text'],
    [{ type: 'x-deep', inner: nested(32) }, /^inner(\.a){31} is nested deeper than 32 levels$/],
    [JSON.parse('{"type":"x-a","detail":{"list":[{"__proto__":{"admin":true}}]}}'), 'detail.list.0.__proto__ is not allowed as a key'],
    [JSON.parse('{"type":"x-a","__proto__":{}}'), '__proto__ is not allowed as a key'],
    [{ type: 'x-a', deep: { constructor: 1 } }, 'deep.constructor is not allowed as a key'],
    [{ type: 'x-a', deep: { prototype: 1 } }, 'deep.prototype is not allowed as a key'],
  ])('of %j says what is wrong: %s', (input, message) => {
    const refusal = refusalOf(input)
    expect(refusal.code).toBe('VALIDATION_ERROR')
    expect(refusal.message).toMatch(message)
  })

  test('says which event of a batch it means', () => {
    const unnamed = { type: 'ci_status' }
    expect(refusalOf(unnamed, { project: 'apollo', index: 3 })).toMatchObject({
      message: expect.stringMatching(/^event 3: status /),
      details: { index: 3, field: 'status' },
    })
    expect(refusalOf(unnamed, { project: 'apollo', line: 12 })).toMatchObject({
      message: expect.stringMatching(/^line 12: status /),
      details: { line: 12, field: 'status' },
    })
  })

  test('changes nothing that objects inherit', () => {
    refusalOf(JSON.parse('{"type":"x-a","__proto__":{"admin":true}}'))
    expect('admin' in {}).toBe(false)
  })

  test('is the only thing that the parser throws', () => {
    const keys = fc.constantFrom(
      'type',
      'story_id',
      'status',
      'new_state',
      'agent_id',
      'action',
      'timestamp',
      'project',
      'id',
      '__proto__',
      'detail',
    )
    const types = fc.constantFrom('tdd_transition', 'agent_activity', 'state_file', 'usage', 'x-a', 'x-', '')
    const values = fc.oneof(fc.jsonValue(), types, fc.string({ unit: 'binary' }), fc.double(), fc.constant(undefined))
    const events = fc.oneof(
      fc.anything({ withNullPrototype: true, maxDepth: 4 }),
      fc.dictionary(keys, values),
      fc.record({ type: types, status: values, story_id: values }),
    )
    fc.assert(
      fc.property(events, (input) => {
        try {
          parseEvent(input, apollo)
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedError)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

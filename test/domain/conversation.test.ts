import { describe, expect, test } from 'bun:test'
import { conversationOf } from '../../src/domain/project/conversation.ts'
import type { Command } from '../../src/domain/project/reports.ts'
import { emptyProject } from '../../src/domain/project/project.ts'
import { numbered, told } from '../support/told.ts'

type Report = { type: string } & Record<string, unknown>
const said = (message: string): Report => ({ type: 'chat_message', message })
const ran = (status: string, more: object = {}): Report => ({
  ...{ type: 'command_execution', command: '/sprint status', command_id: 'c-1', status },
  ...more,
})

const NOTHING_KNOWN: ReadonlyMap<string, Command> = new Map()
const events = (...reports: Report[]) => numbered(reports, emptyProject())
const shape = (list: ReturnType<typeof events>, known = NOTHING_KNOWN) =>
  conversationOf(list, known).map((one) =>
    'command' in one ? [one.offset, one.command.status, one.command.result] : [one.offset, one.message.message],
  )

describe('a conversation', () => {
  test('is told newest first, in whatever order its events come, and of nothing else', () => {
    const list = events(said('one'), { type: 'ci_status', status: 'failed' }, said('two'))
    expect(shape(list)).toEqual([
      [3, 'two'],
      [1, 'one'],
    ])
    expect(shape(list.toReversed())).toEqual(shape(list))
  })

  test('shows a command once, where it began, with its last word and its result', () => {
    const list = events(ran('started'), said('meanwhile'), ran('progress'), ran('completed', { result: 'all green' }))
    expect(shape(list)).toEqual([
      [2, 'meanwhile'],
      [1, 'completed', 'all green'],
    ])
  })

  test('shows an id that runs again as another command', () => {
    const list = events(ran('started'), ran('failed', { result: { code: 1 } }), ran('started'), ran('progress'))
    expect(shape(list)).toEqual([
      [3, 'progress', undefined],
      [1, 'failed', '{"code":1}'],
    ])
  })

  test('keeps commands without an id apart', () => {
    const one = { command_id: undefined }
    expect(shape(events(ran('started', one), ran('completed', one))).map(([offset]) => offset)).toEqual([2, 1])
  })

  test('knows from the state what is not among its events', () => {
    const reports = [ran('started'), said('meanwhile'), ran('completed', { result: 'done', user_id: 'mara' })]
    const known = told(reports).commands
    const list = events(...reports)
    // The newest part of a log, and an older one: both show the same command as the whole.
    expect(shape(list.slice(1), known)).toEqual(shape(list, known))
    expect(shape(list.slice(0, 1), known)).toEqual([[1, 'completed', 'done']])
  })

  test('does not take an older run of an id for the newest', () => {
    const reports = [ran('started'), ran('failed'), ran('started'), ran('completed', { result: 'at last' })]
    expect(shape(events(...reports), told(reports).commands)).toEqual([
      [3, 'completed', 'at last'],
      [1, 'failed', undefined],
    ])
  })
})

import { expect, test } from 'bun:test'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { lastingAt, openPieces } from '../../src/export/pieces.ts'
import { momentsOf } from '../../src/export/moments.ts'
import { record } from '../../src/export/recording.tsx'
import { EXPORT_LIMIT, periodOf, type ReplaySource } from '../../src/export/replay-source.ts'
import { ProjectContent, projectPage } from '../../src/pages/project.tsx'
import { generateHistory, stored } from '../support/histories.ts'

const STALE_MINUTES = 10

/** Events as a source, as a log gives them: a page at a time, from the first that is left. */
function sourceOf(events: readonly StoredEvent[], { first = 1, head = events.length } = {}): ReplaySource {
  const within = (from: number, to: number) => events.filter(({ offset }) => offset >= Math.max(from, first) && offset <= to)
  return {
    project: newProject('apollo'),
    staleMinutes: STALE_MINUTES,
    extent: async () => ({ epoch: 'epoch001', first, head }),
    offsetAt: async (instant) => events.findLast(({ received_at }) => received_at <= instant)?.offset ?? 0,
    stateAt: async (offset) => foldEvents(emptyProject(), events.slice(0, offset)),
    read: async (after, upTo) => within(after + 1, upTo).slice(0, 100),
    close: async () => {},
  }
}

test('at every moment a recording shows what the page of that moment shows', async () => {
  const source = sourceOf(stored(generateHistory({ count: 250, stories: 12 })))
  const period = await periodOf(source, {})
  const pieces = openPieces(() => {})
  const seen: StoredEvent[] = []
  let recording
  for await (const moment of momentsOf(source, period)) {
    recording ??= record(moment, pieces)
    recording.take(moment)
    if (moment.event) seen.push(moment.event)
    const { shown, at } = moment
    const whole = { ...shown, view: { ...shown.view, recent: seen.slice(-50) }, isAlone: true }
    const page = <ProjectContent shown={whole} now={at} drawn={projectPage.draw(whole, null, at)} />
    // Cards tell whether something moves: that is as of when they were drawn, live, too.
    const withoutMotion = (html: string) => html.replace(/ shape--(?:ring|dashed)\b.*?<\/svg>/g, '')
    expect(withoutMotion(recording.markup())).toBe(withoutMotion(lastingAt(String(page), moment.at)))
  }
  expect(seen).toHaveLength(250)
})

test('time alone makes a moment, where somebody falls silent', async () => {
  const [start, later] = stored([
    { id: 'a', type: 'agent_activity', agent_type: 'CodeAgent', action: 'work', status: 'started', agent_id: 'a' },
    { id: 'b', type: 'chat_message', message: 'hello' },
  ])
  if (!start || !later) throw new Error('two events')
  const source = sourceOf([start, { ...later, received_at: start.received_at + 60 * 60_000 }])
  const words: string[] = []
  for await (const { shown, event } of momentsOf(source, await periodOf(source, {}))) {
    words.push(`${event?.id ?? 'time'} ${shown.summary.attention.word}`)
  }
  expect(words).toContain('time stale')
  expect(words.at(-1)).toStartWith('b ')
})

test('more events than one file takes are refused, with a period that fits', async () => {
  const events = stored(generateHistory({ count: 10 })).map((event, at) => ({ ...event, offset: EXPORT_LIMIT + at }))
  const source = sourceOf(events, { first: 1, head: EXPORT_LIMIT + 9 })
  expect(periodOf(source, {})).rejects.toThrow(`one file takes 50,000; narrow the period, for instance --from 10 --to 50009`)
  expect((await periodOf(source, { from: '10' })).first).toBe(10)
})

test('a period begins with what retention left', async () => {
  const source = sourceOf(stored(generateHistory({ count: 300 })), { first: 120 })
  const period = await periodOf(source, { from: '2020-01-01T00:00:00Z' })
  expect([period.first, period.last]).toEqual([120, 300])
  let moments = 0
  for await (const { shown } of momentsOf(source, period)) {
    moments += 1
    expect(shown.view.recent.every(({ offset }) => offset >= 120)).toBe(true)
  }
  expect(moments).toBeGreaterThanOrEqual(181)
})

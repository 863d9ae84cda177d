import { expect, test } from 'bun:test'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import { Doubts } from '../../views/project/doubts.tsx'

const T0 = Date.UTC(2026, 10, 23, 20)

function shown(events: (Omit<NewEvent, 'id'> & Record<string, unknown>)[]): string {
  const stored = events.map(
    (event, index) => ({ ...event, id: `e${index}`, offset: index + 1, received_at: T0 + index * 1_000 }) as StoredEvent,
  )
  const html = String(<Doubts project="apollo" state={foldEvents(emptyProject(), stored)} now={T0 + 60_000} />)
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

const moved = (told_by: string, new_state: string) => ({ type: 'tdd_transition', story_id: 's-1', new_state, told_by }) as const
const repeated = (told_by: string, state: string) => ({ type: 'state_told', story_id: 's-1', state, told_by }) as const

test('a contradiction says who says what, and who said what is shown', () => {
  const events = [moved('main', 'design'), moved('spare', 'test_red'), repeated('main', 'design')]
  expect(shown(events)).toMatch(/^main says that s-1 is in design . Shown is test_red , which spare said .* ago/)
})

test('nothing is said before a source repeated itself, and when it agrees again', () => {
  expect(shown([moved('main', 'design'), moved('spare', 'test_red')])).toBe('')
  expect(shown([moved('main', 'design'), moved('spare', 'test_red'), repeated('main', 'design'), repeated('main', 'test_red')])).toBe('')
  expect(shown([moved('main', 'design'), moved('spare', 'test_red'), repeated('main', 'design'), moved('spare', 'design')])).toBe('')
})

test('what is missing is added up by reason, until somebody has looked', () => {
  const lost = (count: number | null, reason = 'too large') => ({ type: 'reports_lost', told_by: 'main', reason, count }) as const
  expect(shown([lost(1), lost(2)])).toMatch(/^From main 3 reports are missing: too large .*I have seen what is missing$/)
  expect(shown([lost(1), lost(null)])).toContain('1 and more reports are missing')
  expect(shown([lost(null)])).toContain('an unknown number of reports is missing')
  expect(shown([lost(1), lost(4, 'not JSON'), { type: 'losses_seen', up_to: 1 }])).toMatch(/^From main 4 reports are missing: not JSON/)
  expect(shown([lost(1), { type: 'losses_seen', up_to: 1 }])).toBe('')
})

test('of very many losses the first are told, and only those can be said to be seen', () => {
  const lost = Array.from(
    { length: 31 },
    (_, index) => ({ type: 'reports_lost', told_by: `source-${index}`, reason: 'too large', count: 1 }) as const,
  )
  const text = shown(lost)
  expect(text).toContain('From source-0 1 report is missing')
  expect(text).toContain('20 of 31 kinds of losses')
  expect(text).not.toContain('source-20 ')
  const later = shown([...lost, { type: 'losses_seen', up_to: 20 }])
  expect(later).toMatch(/^From source-20 .*From source-30 /)
})

import { describe, expect, test } from 'bun:test'
import { attentionAt } from '../../src/domain/summary/attention.ts'
import type { NewEvent, StoredEvent } from '../../src/domain/events/event.ts'
import { parseEvent } from '../../src/domain/events/parse-event.ts'
import { sprintOf } from '../../src/domain/project/sprint.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import type { ProjectState } from '../../src/domain/project/project-state.ts'
import { type Cue, endOf, hourOf } from '../../src/demo/hour.ts'

const T0 = Date.UTC(2026, 10, 25, 12)
const options = { seed: 1, speed: 12, projects: 8, startedAt: T0, run: 'run', plays: new Map<string, number>() }
const NAMES = ['payments-api', 'search-index', 'design-system', 'mobile-app', 'ledger-import', 'checkout-web', 'fraud-model', 'docs-site']

/** The state of each project after these cues, as a log would have received them. */
function statesAfter(cues: readonly Cue[]): Map<string, ProjectState> {
  const states = new Map<string, ProjectState>()
  for (const { project, event, at } of cues) {
    const state = states.get(project) ?? emptyProject()
    const stored = { ...(event as unknown as NewEvent), offset: state.offset + 1, received_at: T0 + at } as StoredEvent
    states.set(project, foldEvents(state, [stored]))
  }
  return states
}

const wordsAt = (cues: readonly Cue[], at: number) =>
  [...statesAfter(cues.filter((cue) => cue.at <= at)).values()].map((state) => attentionAt(state, T0 + at, { staleMinutes: 10 }).word)

describe('an hour of the demo', () => {
  const cues = hourOf(options)

  test('is the same for the same seed, and another one for another', () => {
    expect(hourOf(options)).toEqual(cues)
    expect(hourOf({ ...options, seed: 2 }).map(({ minute }) => minute)).not.toEqual(cues.map(({ minute }) => minute))
  })

  test('holds only reports that the service takes, each with an id of its own', () => {
    for (const { project, event } of cues) expect(() => parseEvent(event, { project })).not.toThrow()
    expect(new Set(cues.map(({ event }) => event.id)).size).toBe(cues.length)
    expect(new Set(cues.map(({ project }) => project))).toEqual(new Set(NAMES.map((name) => `demo-${name}`)))
  })

  test('is told in order, stamped with the instants at which it is due', () => {
    for (const [index, { at, event }] of cues.entries()) {
      expect(at).toBeGreaterThanOrEqual(cues[index - 1]?.at ?? 0)
      expect(Date.parse(event.timestamp)).toBe(Math.floor(T0 + at))
    }
    expect(cues.at(-1)!.at).toBeLessThanOrEqual(300_000)
    expect(cues.at(-1)!.at).toBeGreaterThan(270_000)
  })

  test('takes no step that the machines do not know', () => {
    for (const state of statesAfter([...cues, ...endOf(cues, options, 60)]).values()) {
      expect(state.transitions.filter(({ isUnexpected }) => isUnexpected)).toEqual([])
    }
  })

  test.each([
    [10_000, ['needs_you', 'working', 'in_review', 'stale', 'paused', 'waiting', 'done']],
    [60_000, ['blocked', 'in_review', 'stale', 'working']],
    [115_000, ['failed', 'working']],
  ])('shows projects in different states after %d ms', (at, words) => {
    expect(wordsAt(cues, at)).toEqual(expect.arrayContaining(words))
  })

  test.each([0, 5, 9, 20, 22, 31, 47, 60])('leaves nothing that waits for a person when it ends in minute %d', (minute) => {
    const played = cues.filter((cue) => cue.minute <= minute)
    const end = endOf(played, options, minute)
    expect(end.length).toBeGreaterThan(0)
    // Much later: what would grow old is old then.
    for (const state of statesAfter([...played, ...end]).values()) {
      expect(['idle', 'done']).toContain(attentionAt(state, T0 + 86_400_000, { staleMinutes: 10 }).word)
      expect(state.transitions.filter(({ isUnexpected }) => isUnexpected)).toEqual([])
    }
  })
})

test('a project that was played in before has another sprint, with nothing done yet that is to be done, and is silent later', () => {
  const project = 'demo-ledger-import'
  const first = hourOf(options)
  const played = [...first, ...endOf(first, options, 60)]
  const startedAt = T0 + 300_000
  const again = hourOf({ ...options, startedAt, seed: 2, run: 'again', plays: new Map([[project, 1]]) })
  const opening = again.filter((cue) => cue.project === project && cue.at === 0).map((cue) => ({ ...cue, at: 300_000 }))
  const state = statesAfter([...played, ...opening]).get(project)!
  expect(state.workflow.state).toBe('SPRINT_ACTIVE')
  expect(sprintOf(state)).toMatchObject({ id: 'sprint-2', done: 1, total: 3 })
  expect(attentionAt(state, startedAt + 11 * 60_000, { staleMinutes: 10 }).word).toBe('stale')
})

test('fewer projects are the first ones, with the same hour', () => {
  const two = hourOf({ ...options, projects: 2 })
  expect(two).toEqual(hourOf(options).filter(({ project }) => ['demo-payments-api', 'demo-search-index'].includes(project)))
})

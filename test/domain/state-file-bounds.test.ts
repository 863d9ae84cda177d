import { describe, expect, test } from 'bun:test'
import { boundContent } from '../../src/domain/state-files/state-file-bounds.ts'

type Named = { id: string }
const ids = (records: unknown) => (records as Named[]).map(({ id }) => id)
const filler = 'x'.repeat(1_000)
const story = (id: string, status: string, day: number) => ({ id, status, created_at: `2026-11-${10 + day}T00:00:00`, filler })

describe('content over the bound loses whole records:', () => {
  test('of a backlog never those of a sprint that is not over, nor those that are worked on, before any other', () => {
    const of = (id: string, fields: object) => ({ ...story(id, 'done', 1), ...fields })
    const stories = [
      of('in-sprint', { sprint_id: 'now' }),
      of('listed', {}),
      of('at-work', { status: 'StoryStatus.IN_PROGRESS' }),
      of('old-sprint', { sprint_id: 'past' }),
      of('backlog', { status: 'backlog' }),
    ]
    const sprints = [
      { id: 'now', status: 'active', story_ids: ['listed'] },
      { id: 'past', status: 'completed', story_ids: ['old-sprint'] },
    ]
    const whole = { stories, sprints }
    const bounded = boundContent('backlog.json', structuredClone(whole), 3_900)
    expect(ids(bounded?.content['stories'])).toEqual(['in-sprint', 'listed', 'at-work'])
    expect(bounded).toMatchObject({ droppedRecords: 2, droppedOpen: 0 })
    const smaller = boundContent('backlog.json', structuredClone(whole), 2_500)
    expect(ids(smaller?.content['sprints'])).toEqual(['now'])
    expect(smaller).toMatchObject({ droppedOpen: 1 })
  })

  test('of a status the questions last', () => {
    const pending_approvals = Array.from({ length: 200 }, (_, index) => `task-${index}`)
    const content = {
      pending_approvals,
      notes: [filler, filler],
      active_tasks: [
        { id: 'task-1', filler },
        { id: 'task-2', filler },
      ],
    }
    const bounded = boundContent('status.json', content, 3_000)
    expect(bounded).toMatchObject({ droppedOpen: 0, content: { notes: [] } })
    expect(bounded?.content['pending_approvals']).toHaveLength(200)
  })

  test('of a backlog finished stories first, the oldest of them first', () => {
    const stories = [
      story('open-old', 'backlog', 1),
      story('done-new', 'done', 5),
      story('done-old', 'TaskStatus.DONE', 2),
      story('open-new', 'sprint', 6),
    ]
    const bounded = boundContent('backlog.json', { epics: [{ id: 'epic-1' }], stories }, 3_500)
    expect(bounded?.droppedRecords).toBe(1)
    expect(ids(bounded?.content['stories'])).toEqual(['open-old', 'done-new', 'open-new'])
    const smaller = boundContent('backlog.json', { stories: structuredClone(stories) }, 1_500)
    expect(smaller?.droppedRecords).toBe(2)
    expect(ids(smaller?.content['stories'])).toEqual(['open-new'])
  })

  test('of a cycle test results, whichever task they are of, then tasks', () => {
    const result = (id: string, day: number) => ({ id, timestamp: `2026-11-${10 + day}T00:00:00`, filler })
    const tasks = [
      { id: 'task-1', test_results: [result('a', 1), result('c', 3)] },
      { id: 'task-2', test_results: [result('b', 2), result('d', 4)] },
    ]
    const bounded = boundContent('tdd_cycles/a.json', { id: 'a', tasks }, 2_500)
    const kept = bounded?.content['tasks'] as (Named & { test_results: Named[] })[]
    expect(kept.map((task) => ids(task.test_results))).toEqual([['c'], ['d']])
    expect(ids(kept)).toEqual(['task-1', 'task-2'])
  })

  test('of a status transitions before tasks', () => {
    const transition_history = [1, 2, 3].map((day) => ({ timestamp: `2026-11-0${day}`, filler }))
    const bounded = boundContent('status.json', { transition_history, active_tasks: [{ id: 'task', filler }] }, 2_500)
    expect(bounded).toMatchObject({
      droppedRecords: 2,
      content: { active_tasks: [{ id: 'task' }], transition_history: [{ timestamp: '2026-11-03' }] },
    })
  })

  test('and is within the bound afterwards, however many there are', () => {
    const stories = Array.from({ length: 50_000 }, (_, index) => story(`story-${index}`, index % 2 ? 'done' : 'backlog', index % 9))
    const bounded = boundContent('backlog.json', { stories }, 4 * 1024 * 1024)
    expect(JSON.stringify(bounded?.content).length).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(JSON.stringify(bounded?.content).length).toBeGreaterThan(4 * 1024 * 1024 - 2_500)
    expect(ids(bounded?.content['stories']).length + bounded!.droppedRecords).toBe(50_000)
  })
})

test('within the bound nothing is lost', () => {
  const content = { stories: [story('a', 'done', 1)] }
  expect(boundContent('backlog.json', structuredClone(content), 2_000)).toEqual({ content, droppedRecords: 0, droppedOpen: 0 })
})

test('what is no record is not cut: then the content is too large', () => {
  expect(boundContent('status.json', { context: filler }, 500)).toBeUndefined()
})

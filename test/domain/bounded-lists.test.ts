import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { rankOf, type Worth } from '../../src/domain/bounded.ts'
import { foldLanes, openLanes } from '../../src/domain/timeline/lanes.ts'
import { emptyProject } from '../../src/domain/project/project.ts'
import { boundContent } from '../../src/domain/state-files/state-file-bounds.ts'
import { drawnAgents } from '../../views/agent/agents.tsx'
import { openStories } from '../../views/project/backlog.tsx'
import { boardColumns } from '../../views/project/board.tsx'
import { liveRange, openAxis } from '../../views/timeline/axis.ts'
import { placedLanes } from '../../views/timeline/lane-order.ts'
import { MINUTE, numbered, T0, told } from '../support/told.ts'
import { newProject } from '../../src/domain/registry/project-registry.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import { parseTimelineQuery } from '../../views/timeline/query.ts'
import { MarkSteps } from '../../views/timeline/steps.tsx'

type Entry = { id: string; worth: Worth }
/** What a list shows of entries, and how many it says that there are, shown or not; what is only remembered says nothing. */
type Shown = { ids: readonly string[]; total: number | undefined }
type List = {
  limit: number
  /** Where not even all that waits has room. */
  most?: number
  worths: readonly Worth[]
  show(entries: readonly Entry[]): Shown
}

const NOW = T0 + MINUTE
const looked = { now: NOW, staleMinutes: 10 }
const file = (name: string, content: object) => ({ type: 'state_file', file: name, content, at: T0 })
const step = (story_id: string, new_state = 'test_red') => ({ type: 'tdd_transition', story_id, new_state, at: T0 })
const asks = (story_id: string) => ({ type: 'approval_requested', approval_id: `of ${story_id}`, title: 'Go on?', story_id, at: T0 })
const stepped = ({ id, worth }: Entry) => (worth === 'waits' ? [step(id), asks(id)] : [step(id, worth === 'over' ? 'commit' : 'test_red')])

const STATUSES = { waits: 'needs_input', on: 'working', mild: 'idle', over: 'ended' } as const
const STORIES = { waits: 'blocked', on: 'backlog', mild: 'backlog', over: 'done' } as const
const SPRINTS = { waits: 'active', on: 'planned', mild: 'planned', over: 'completed' } as const
const TASKS = { waits: 'failed', on: 'in_progress', mild: 'in_progress', over: 'completed' } as const

const backlogOf = (content: object) => told([file('backlog.json', content)]).backlog
const storiesOf = (entries: readonly Entry[]) => entries.map(({ id, worth }) => ({ id, title: id, status: STORIES[worth] }))

function lanesOf(entries: readonly Entry[]) {
  const lanes = openLanes(emptyProject(), { from: T0 - MINUTE, windowMs: 60 * MINUTE })
  foldLanes(lanes, numbered(entries.flatMap(stepped), emptyProject()))
  return lanes
}

/** Of records of as many bytes each so many are left as the limit says. */
function ofBytes(
  name: string,
  list: string,
  { entries, limit }: { entries: readonly Entry[]; limit: number },
  statuses: Record<Worth, string>,
): Shown {
  const records = entries.map(({ id, worth }) => ({
    id: id.padStart(12),
    status: statuses[worth].padStart(12).trim(),
    filler: 'x'.repeat(900),
  }))
  const bounded = boundContent(name, { [list]: records }, limit * 980)
  const left = (bounded?.content[list] ?? []) as { id: string }[]
  return { ids: left.map(({ id }) => id.trim()), total: left.length + (bounded?.droppedRecords ?? 0) }
}

const LISTS: Record<string, List> = {
  'a column of the board': {
    limit: 30,
    worths: ['on', 'waits'],
    show(entries) {
      const column = boardColumns(told(entries.flatMap(stepped))).find(({ phase }) => phase === 'test_red')
      return { ids: (column?.shown ?? []).map(({ storyId }) => storyId), total: column?.total ?? 0 }
    },
  },
  'the tree of agents': {
    limit: 120,
    worths: ['mild', 'on', 'waits'],
    show(entries) {
      const reports = entries.map(({ id, worth }) => ({ type: 'agent_status', agent_id: id, status: STATUSES[worth], at: T0 }))
      const { shown, left, silent, ended } = drawnAgents(told(reports).agents, looked)
      return { ids: shown.map(({ agent }) => agent.agentId), total: shown.length + left.length + silent.total + ended.total }
    },
  },
  'the lanes of a timeline': {
    limit: 200,
    worths: ['over', 'on', 'waits'],
    show(entries) {
      const { stories, forgotten } = lanesOf(entries)
      return { ids: [...stories.keys()], total: stories.size + forgotten.stories.size }
    },
  },
  'the lanes that are drawn': {
    limit: 60,
    worths: ['over', 'on', 'waits'],
    show(entries) {
      const axis = openAxis({ ...liveRange(NOW, 60 * MINUTE), now: NOW, busy: [], quietMs: undefined })
      const { shown, more } = placedLanes(lanesOf(entries), { by: 'story', axis, looked })
      return { ids: shown.map(({ lane }) => lane.key), total: shown.length + more }
    },
  },
  'the stories of a backlog': {
    limit: 2_000,
    worths: ['over', 'on', 'waits'],
    show(entries) {
      const backlog = backlogOf({ stories: storiesOf(entries) })
      return { ids: (backlog?.stories ?? []).map(({ id }) => id), total: backlog?.totals.stories ?? 0 }
    },
  },
  'the stories that a page shows of it': {
    limit: 100,
    worths: ['on', 'waits'],
    show(entries) {
      const backlog = backlogOf({ stories: storiesOf(entries) })
      return { ids: openStories(backlog).map(({ id }) => id), total: backlog?.totals.stories ?? 0 }
    },
  },
  'the sprints of a backlog': {
    limit: 200,
    worths: ['over', 'on', 'waits'],
    show(entries) {
      const backlog = backlogOf({ sprints: entries.map(({ id, worth }) => ({ id, goal: id, status: SPRINTS[worth] })) })
      return { ids: (backlog?.sprints ?? []).map(({ id }) => id), total: backlog?.totals.sprints ?? 0 }
    },
  },
  "the tasks of a story's file": {
    limit: 50,
    worths: ['over', 'on'],
    show(entries) {
      const tasks = entries.map(({ id, worth }) => ({ id, current_state: worth === 'over' ? 'commit' : 'test_red' }))
      const cycle = told([file('tdd_cycles/c.json', { id: 'c', story_id: 's', current_state: 'test_red', tasks })]).cycleFiles.get('c')
      return { ids: (cycle?.tasks ?? []).map(({ id }) => id), total: cycle?.taskCount ?? 0 }
    },
  },
  "the stories of a status file's own word": {
    limit: 2_000,
    worths: ['over', 'on', 'waits'],
    show(entries) {
      const cycles = entries.map(({ id, worth }) => [id, { current_state: worth === 'over' ? 'commit' : 'test_red' }] as const)
      const questions = entries.filter(({ worth }) => worth === 'waits').map(({ id }) => asks(id))
      const state = told([...questions, file('status.json', { current_state: 'IDLE', tdd_cycles: Object.fromEntries(cycles) })])
      return { ids: [...state.statusCycles.keys()], total: undefined }
    },
  },
  'the stories of a project in the overview': {
    limit: 4,
    most: 4,
    worths: ['on', 'waits'],
    show(entries) {
      const summary = summarize({ project: newProject('apollo'), state: told(entries.flatMap(stepped)), epoch: 'e', ...looked })
      return { ids: summary.cycles.map(({ storyId }) => storyId), total: summary.cyclesTotal }
    },
  },
  'the marks of a timeline in words': {
    limit: 40,
    worths: ['over', 'on'],
    show(entries) {
      const decided = (by: string) => ({ type: 'approval_resolved', approval_id: by, by, decision: 'allow', at: T0 })
      const failed = (id: string) => ({ type: 'error_state', error_id: id, error_message: id, severity: 'error', at: T0 })
      const lanes = lanesOf([])
      foldLanes(
        lanes,
        numbered(
          entries.map(({ id, worth }) => (worth === 'over' ? decided(id) : failed(id))),
          emptyProject(),
        ),
      )
      const axis = openAxis({ ...liveRange(NOW, 60 * MINUTE), now: NOW, busy: [], quietMs: undefined })
      const query = parseTimelineQuery(new URLSearchParams())
      const view = { project: 'apollo', lanes, keptSince: undefined, query, ...looked, axis, shown: [], more: 0 }
      const html = String(MarkSteps({ view }))
      const ids = [...html.matchAll(/<bdi>(e\d+)<\/bdi>/g)].map(([, id = '']) => id)
      return { ids, total: Number(/ of (\d+)/.exec(html)?.[1] ?? ids.length) }
    },
  },
  'the stories of a file of too many bytes': {
    limit: 40,
    worths: ['over', 'on', 'waits'],
    show: (entries) => ofBytes('backlog.json', 'stories', { entries, limit: 40 }, STORIES),
  },
  'the tasks of a file of too many bytes': {
    limit: 40,
    worths: ['over', 'on', 'waits'],
    show: (entries) => ofBytes('status.json', 'active_tasks', { entries, limit: 40 }, TASKS),
  },
}

describe.each(Object.entries(LISTS))('%s', (_, { limit, most = Infinity, worths, show }) => {
  test('shows what waits or failed wherever it stands, before what goes on and what is over, and says of how many', () => {
    const others = worths.filter((worth) => worth !== 'waits')
    const entry = fc.record({ worth: fc.constantFrom(...others), place: fc.nat() })
    const waiting = fc.array(fc.nat(), { minLength: worths.includes('waits') ? 1 : 0, maxLength: worths.includes('waits') ? 25 : 0 })
    fc.assert(
      fc.property(fc.array(entry, { minLength: 30, maxLength: 60 }), waiting, (some, places) => {
        const many = Array.from({ length: limit + 40 }, (__, index) => some[index % some.length] ?? { worth: 'on' as const, place: 0 })
        const all = [
          ...many.map(({ worth, place }, index) => ({ worth, place: place + index })),
          ...places.map((place) => ({ worth: 'waits' as const, place })),
        ]
        const entries = all
          .toSorted((one, other) => (one.place % 997) - (other.place % 997))
          .map(({ worth }, index) => ({ id: `e${index}`, worth }))
        const { ids, total } = show(entries)
        if (total !== undefined) expect(total).toBe(entries.length)
        const shown = new Set(ids)
        const [kept, left] = [entries.filter(({ id }) => shown.has(id)), entries.filter(({ id }) => !shown.has(id))]
        expect(kept.length).toBe(ids.length)
        const waits = entries.filter(({ worth }) => worth === 'waits').length
        expect(left.filter(({ worth }) => worth === 'waits').length).toBe(Math.max(0, waits - most))
        const mostMissed = Math.max(...left.map(({ worth }) => rankOf(worth)))
        expect(kept.filter(({ worth }) => rankOf(worth) < mostMissed)).toEqual([])
      }),
      { numRuns: 8 },
    )
  })
})

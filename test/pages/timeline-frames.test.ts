import { expect, test } from 'bun:test'
import type { StoredEvent } from '../../src/domain/events/event.ts'
import { foldLanes, openLanes } from '../../src/domain/timeline/lanes.ts'
import { emptyProject, foldEvents } from '../../src/domain/project/project.ts'
import { summarize } from '../../src/domain/summary/project-summary.ts'
import type { Shown } from '../../src/live/live-page.ts'
import { projectPage } from '../../src/pages/project.tsx'
import { openTimeline } from '../../src/pages/timeline.tsx'
import type { CachedLanes } from '../../src/projection/timeline-cache.ts'
import type { ProjectView } from '../../src/projection/projections.ts'
import { parseTimelineQuery } from '../../views/timeline/query.ts'
import { MINUTE, numbered, T0 } from '../support/told.ts'
import { projectOf } from '../views/scenes.ts'

const HOUR = 60 * MINUTE
const step = (story_id: string, new_state: string) => ({ type: 'tdd_transition', story_id, new_state })

/** Pages that several look at, over the same lanes, in a project that goes on. */
function watched(...searches: string[]) {
  let now = T0
  let view: ProjectView = { epoch: 'k3j9x0ab', state: emptyProject(), recent: [] }
  const lanes = openLanes(view.state, { from: T0 - HOUR, windowMs: HOUR })
  const kept: CachedLanes = { epoch: view.epoch, lanes, windowMs: HOUR, keptSince: undefined, hasHole: false }
  let reads = 0
  let isLogAway = false
  let stirred = 0
  const failures: unknown[] = []
  const failing = (): never => {
    reads += 1
    throw new Error('no answer')
  }
  /** As if the log had been read. */
  const anew = (): CachedLanes => {
    reads += 1
    const read = openLanes(emptyProject(), { from: T0 - HOUR, windowMs: HOUR })
    foldLanes(read, history)
    return { ...kept, lanes: read, hasHole: false }
  }
  const history: StoredEvent[] = []
  const project = projectOf('apollo')
  const shown = (): Shown => ({ project, view, summary: summarize({ project, ...view, now, staleMinutes: 5 }) })
  const goOn = (reports: Parameters<typeof numbered>[0], afterMs = 1_000) => {
    now += afterMs
    const events = numbered(
      reports.map((report) => ({ ...report, at: now })),
      view.state,
    )
    history.push(...events)
    view = { ...view, state: foldEvents(view.state, events), recent: [...view.recent, ...events].slice(-50) }
  }
  goOn([step('s-1', 'design'), step('s-2', 'design'), { type: 'agent_status', agent_id: 'a', status: 'working' }])
  const pages = searches.map((search) =>
    openTimeline(shown(), {
      kept,
      query: parseTimelineQuery(new URLSearchParams(search)),
      now: () => now,
      readAnew: async () => (isLogAway ? failing() : anew()),
      stir: () => void (stirred += 1),
      failed: (error) => void failures.push(error),
    }),
  )
  /** What each page sends of what comes next: the ids of the parts. */
  const parts = (...next: Parameters<typeof goOn>) => {
    goOn(...next)
    return pages.map((page) => {
      if (!page.take({ ...shown(), before: undefined, isGone: false })) return []
      const frame = page.flush()
      return frame === undefined ? [] : [...frame.matchAll(/hx-partial id=\\"([^"\\]+)\\"/g)].map(([, id]) => id)
    })
  }
  const setLogAway = (isAway: boolean) => void (isLogAway = isAway)
  return {
    parts,
    pages,
    kept,
    failures,
    setLogAway,
    goOn,
    stirred: () => stirred,
    reads: () => reads,
    position: () => `${view.epoch}:${view.state.offset}`,
  }
}

const rowOf = ({ kept }: ReturnType<typeof watched>, story: string) => kept.lanes.stories.get(story)?.number

test('a change sends the lane that it is of, in the picture and in the table, and nothing else', () => {
  const pages = watched('')
  expect(pages.parts([step('s-2', 'test_red')])).toEqual([[`lane-${rowOf(pages, 's-2')}`, `steps-${rowOf(pages, 's-2')}`]])
  expect(pages.parts([{ type: 'ci_status', status: 'passed' }])).toEqual([['lane-marks', 'steps-marks']])
  expect(pages.parts([{ type: 'workflow_transition', new_state: 'SPRINT_ACTIVE' }])).toEqual([['lane-0', 'steps-0']])
})

test('what no lane shows sends no frame', () => {
  const { parts } = watched('')
  expect(parts([{ type: 'chat_message', message: 'hello' }])).toEqual([[]])
  expect(parts([{ type: 'usage', input_tokens: 5 }])).toEqual([[]])
})

test('who comes, and a picture that moves on, send all of it', () => {
  const { parts } = watched('')
  expect(parts([step('s-new', 'design')])).toEqual([['timeline']])
  expect(parts([{ type: 'chat_message', message: 'later' }], 2 * MINUTE)).toEqual([['timeline']])
})

test('pages over the same lanes each send what they show, whoever took the change in first', () => {
  const pages = watched('', 'by=agent')
  const [byStory, byAgent] = pages.parts([step('s-1', 'test_red'), { type: 'agent_status', agent_id: 'a', status: 'idle' }])
  expect(byStory).toEqual([`lane-${rowOf(pages, 's-1')}`, `steps-${rowOf(pages, 's-1')}`])
  const agent = pages.kept.lanes.agents.get('a')?.number
  expect(byAgent).toEqual([`lane-${agent}`, `steps-${agent}`])
})

test('who comes back where the page stands is told nothing, from anywhere else all', () => {
  const { parts, pages, position } = watched('')
  const rendered = position()
  parts([step('s-1', 'test_red')])
  const [page] = pages
  expect(JSON.parse(page?.resume(position()) ?? '')).toMatchObject({ content: '', since: position(), events: 0 })
  expect(JSON.parse(page?.resume(rendered) ?? '')).toMatchObject({ since: position(), events: 1 })
  expect(page?.resume(rendered)).toContain('hx-partial id=\\"timeline\\"')
  expect([page?.isBehind(position()), page?.isBehind('k3j9x0ab:99')]).toEqual([false, true])
})

test('what came in a batch too large to be at hand is read from the log, not more often than now and then', async () => {
  const { parts, pages, reads } = watched('')
  const many = Array.from({ length: 80 }, (_, index) => step('s-1', index % 2 ? 'test_red' : 'code_green'))
  const [page] = pages
  const isWhole = () => !page?.resume('').includes('too many to look at')
  parts(many)
  expect(isWhole()).toBe(false)
  await Promise.resolve()
  expect(parts([step('s-2', 'commit')])).toEqual([['timeline']])
  expect([isWhole(), reads()]).toEqual([true, 1])
  parts(many)
  await Promise.resolve()
  expect([isWhole(), reads()]).toEqual([false, 1])
  parts(many, 11_000)
  expect(reads()).toBe(2)
})

const MANY = Array.from({ length: 80 }, (_, index) => step('s-1', index % 2 ? 'test_red' : 'code_green'))

const read = () => new Promise(setImmediate)

test('what could not be read anew is told once, tried again, and shown when it could', async () => {
  const { parts, pages, reads, failures, setLogAway, stirred } = watched('')
  const isWhole = () => !pages[0]?.resume('').includes('too many to look at')
  setLogAway(true)
  parts(MANY)
  await read()
  parts(MANY, 11_000)
  await read()
  expect([reads(), failures.map(String), isWhole()]).toEqual([2, ['Error: no answer'], false])
  setLogAway(false)
  parts([step('s-2', 'commit')], 11_000)
  await read()
  expect([reads(), isWhole(), stirred()]).toEqual([3, true, 1])
  setLogAway(true)
  parts(MANY, 11_000)
  await read()
  expect(failures.length).toBe(2)
  pages[0]?.close?.()
})

test('a page that nobody watches any more reads nothing and asks for no flush', async () => {
  const { parts, pages, reads, setLogAway, goOn, stirred } = watched('')
  setLogAway(true)
  parts(MANY)
  goOn([step('s-2', 'commit')], 11_000)
  pages[0]?.close?.()
  await read()
  expect([reads(), stirred()]).toEqual([1, 0])
})

/** A project's page at one moment, and which elements of its timeline a frame brings. */
function watchedProject(history: readonly StoredEvent[]) {
  const project = projectOf('apollo')
  const now = () => T0 + 10 * MINUTE
  let view: ProjectView = { epoch: 'k3j9x0ab', state: foldEvents(emptyProject(), history), recent: [] }
  const shown = (): Shown => ({ project, view, summary: summarize({ project, ...view, now: now(), staleMinutes: 5 }) })
  const page = projectPage.open(shown(), null, now)
  return (events: readonly StoredEvent[]) => {
    view = { ...view, state: foldEvents(view.state, events) }
    page.take({ ...shown(), before: undefined, isGone: false })
    const { content } = JSON.parse(page.flush() ?? '') as { content: string }
    const ids = [...content.matchAll(/<hx-partial id="([^"]+)"/g)].map(([, id = '']) => id)
    return { ids: ids.filter((id) => /^(timeline|lane-)/.test(id)), hasPatterns: content.includes('<pattern') }
  }
}

test('a project page is sent the lane that went on, and the picture without its patterns where a lane comes', () => {
  const [first, second, third, ...rest] = numbered(
    [
      { at: T0 + MINUTE, ...step('story-1', 'design') },
      { at: T0 + 2 * MINUTE, ...step('story-2', 'design') },
      { at: T0 + 3 * MINUTE, ...step('story-1', 'test_red') },
      { at: T0 + 4 * MINUTE, type: 'ci_status', status: 'failed' },
      { at: T0 + 5 * MINUTE, ...step('story-3', 'design') },
    ],
    emptyProject(),
  )
  const told = watchedProject([first!, second!])
  expect(told([third!])).toEqual({ ids: ['lane-2'], hasPatterns: false })
  expect(told([rest[0]!])).toEqual({ ids: ['lane-marks'], hasPatterns: false })
  expect(told([rest[1]!])).toEqual({ ids: ['timeline'], hasPatterns: false })
  expect(watchedProject([])([first!])).toEqual({ ids: ['timeline'], hasPatterns: true })
})

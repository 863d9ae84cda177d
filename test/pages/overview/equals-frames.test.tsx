import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { StoredEvent } from '../../../src/domain/events/event.ts'
import { newProject, PRIORITIES, type Project } from '../../../src/domain/registry/project-registry.ts'
import { emptyProject, foldEvents } from '../../../src/domain/project/project.ts'
import type { ProjectState } from '../../../src/domain/project/project-state.ts'
import { type ProjectSummary, summarize } from '../../../src/domain/summary/project-summary.ts'
import type { LinkHealth } from '../../../src/domain/summary/link-health.ts'
import type { LivePage } from '../../../src/live/live-page.ts'
import { openAttention } from '../../../src/pages/attention.tsx'
import { overviewContent, type OverviewSource } from '../../../src/pages/overview/content.ts'
import { openOverviewIndex } from '../../../src/pages/overview/index-of-projects.ts'
import { openOverview, OverviewContent } from '../../../src/pages/overview/overview.tsx'
import { AttentionCountsBar } from '../../../views/overview/attention-counts.tsx'
import { QuestionsLink } from '../../../views/shell/top-bar.tsx'
import { Wall } from '../../../views/overview/wall.tsx'
import { type OverviewQuery, parseOverviewQuery, parsePins } from '../../../views/overview/overview-query.ts'
import { historyArbitrary } from '../../support/histories.ts'
import { openScreen } from '../../support/screen.ts'
import { linkOf } from '../../views/scenes.ts'

/** Everything is looked at from one moment after the last event: what differs is no age. */
const NOW = Date.UTC(2026, 10, 24, 12)
/** More than one page of the wall holds. */
const NAMES = Array.from({ length: 14 }, (_, index) => `project-${index}`)

type Step = {
  name: string
  /** Events of it at once. */
  count: number
  settings: Partial<Pick<Project, 'status' | 'priority' | 'tags'>> | undefined
  isGone: boolean
  link: LinkHealth['state'] | undefined
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...NAMES.slice(1)),
  count: fc.nat(3),
  settings: fc.option(
    fc.record(
      {
        status: fc.constantFrom('active' as const, 'paused' as const, 'archived' as const),
        priority: fc.constantFrom(...PRIORITIES),
        tags: fc.subarray(['moon', 'mars', 'web']),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined, freq: 2 },
  ),
  isGone: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  link: fc.option(fc.constantFrom('connected' as const, 'waiting' as const), { nil: undefined, freq: 1 }),
})

/** Projects that come, are told of, change their settings and go, as a worker knows them. */
function openWorld(history: readonly StoredEvent[]) {
  const states = new Map<string, ProjectState>()
  const summaries = new Map<string, ProjectSummary>()
  const listeners: ((change: { before: ProjectSummary | undefined; summary: ProjectSummary; isGone: boolean }) => void)[] = []
  const overview = openOverviewIndex({ summaries: () => summaries.values(), onChange: (listener) => void listeners.push(listener) })
  let links: readonly LinkHealth[] = [linkOf()]
  let told = 0
  const source: OverviewSource = { overview, links: () => links, now: () => NOW }

  function stateAfter(name: string, count: number): ProjectState {
    let state = states.get(name) ?? emptyProject()
    for (let turn = 0; turn < count; turn += 1) {
      const event = history[told % history.length]
      told += 1
      if (event) state = foldEvents(state, [{ ...event, offset: state.offset + 1 }])
    }
    return state
  }

  return {
    source,
    /** Takes a step, and tells whoever watches. */
    go({ name, count, settings, isGone, link }: Step, page: LivePage): boolean {
      if (link) links = [linkOf({ state: link })]
      const before = summaries.get(name)
      if (isGone && !before) return false
      const state = stateAfter(name, isGone ? 0 : count)
      const project = { ...(before?.project ?? newProject(name)), ...settings }
      const summary = summarize({ project, state, epoch: 'e1', now: NOW, staleMinutes: 5 })
      states.set(name, state)
      summaries.set(name, summary)
      if (isGone) for (const kept of [states, summaries]) kept.delete(name)
      for (const listener of listeners) listener({ before, summary, isGone })
      return page.take({ project, before, summary, view: { epoch: 'e1', state, recent: [] }, isGone })
    },
  }
}

type Kind = { open(source: OverviewSource): LivePage; draw(source: OverviewSource): unknown }

function overviewOf(search: string, own: Partial<OverviewQuery> = {}): Kind {
  const query = { ...parseOverviewQuery(new URLSearchParams(search)), ...own }
  const Shown = query.view === 'wall' ? Wall : OverviewContent
  return {
    open: (source) => openOverview(source, query),
    draw: (source) => (
      <main id="main">
        <Shown {...overviewContent(source, query)} />
      </main>
    ),
  }
}

const KINDS: Record<string, Kind> = {
  'a list': overviewOf(''),
  'a list by last event': overviewOf('sort=last_event'),
  'a list by name, with pins': overviewOf('sort=name', { pins: parsePins('project-3,project-5') }),
  'a list of what needs somebody': overviewOf('attention=needs_you'),
  'a list of one tag': overviewOf('tag=moon'),
  'a list of what is archived': overviewOf('status=archived'),
  cards: overviewOf('view=grid'),
  'a wall': overviewOf('tv=1'),
  'the second page of a wall': overviewOf('tv=1&page=2'),
  'the counts of the top bar': {
    open: (source) => openAttention(source),
    draw: ({ overview: { counts } }) => [<AttentionCountsBar counts={counts} />, <QuestionsLink count={counts.needs_you} />].join(''),
  },
}

/** One project is there from the beginning and stays: without any the page is another one. */
const FIRST: Step = { name: 'project-0', count: 1, settings: undefined, isGone: false, link: undefined }

const steps = fc.array(fc.record({ step: anyStep, isFlushed: fc.boolean() }), { minLength: 1, maxLength: 50, size: 'max' })

describe.each(Object.entries(KINDS))('an open overview (%s) that heard of every change', (_, { open, draw }) => {
  test('shows what one shows that is opened now, whatever happened', () => {
    fc.assert(
      fc.property(historyArbitrary(), steps, fc.nat(10), (history, all, begin) => {
        const { source, go } = openWorld(history)
        const nobody = openAttention(source)
        go(FIRST, nobody)
        for (const { step } of all.slice(0, begin)) go(step, nobody)
        const screen = openScreen(String(draw(source)))
        const page = open(source)
        let isDue = false
        function flush() {
          const frame = isDue ? page.flush() : undefined
          isDue = false
          if (frame !== undefined) screen.take((JSON.parse(frame) as { content: string }).content)
        }
        for (const { step, isFlushed } of [...all.slice(begin), { step: FIRST, isFlushed: true }]) {
          isDue = go(step, page) || isDue
          if (isFlushed) flush()
        }
        const split = (html: string) => html.split(/(?=<(?:li|section|ul|header)\b)/)
        expect(split(screen.html())).toEqual(split(openScreen(String(draw(source))).html()))
      }),
      { numRuns: 25 },
    )
  })
})

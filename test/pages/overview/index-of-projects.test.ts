import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { ATTENTION_ORDER } from '../../../src/domain/summary/attention.ts'
import { PRIORITIES } from '../../../src/domain/registry/project-registry.ts'
import type { ProjectSummary } from '../../../src/domain/summary/project-summary.ts'
import { openOverviewIndex } from '../../../src/pages/overview/index-of-projects.ts'
import { busyScene, NOW } from '../../views/scenes.ts'

const { summary: scene } = busyScene()
const minute = Math.floor(NOW / 60_000)

/** One project as it may come to stand: whatever the order and the figures look at. */
const anySummary = fc
  .record({
    name: fc.constantFrom('apollo', 'gemini', 'mercury', 'soyuz', 'vostok'),
    status: fc.constantFrom('active' as const, 'paused' as const, 'archived' as const),
    priority: fc.constantFrom(...PRIORITIES),
    tags: fc.subarray(['moon', 'mars', 'web']),
    word: fc.constantFrom(...ATTENTION_ORDER),
    waitingSince: fc.option(fc.integer({ min: NOW - 5_000, max: NOW }), { nil: undefined }),
    offset: fc.nat(100),
    minutes: fc.array(fc.tuple(fc.integer({ min: minute - 70, max: minute }), fc.integer({ min: 1, max: 9 })), { maxLength: 5 }),
  })
  .map(({ name, status, priority, tags, word, waitingSince, offset, minutes }): ProjectSummary => ({
    ...scene,
    offset,
    minutes,
    project: { ...scene.project, name, status, priority, tags },
    attention: { ...scene.attention, word, waitingSince, since: NOW - offset },
  }))

const all = ({ ordered, counts, figures, tags, events }: ReturnType<typeof openOverviewIndex>) => ({
  ordered: [...ordered],
  counts: { ...counts },
  figures: figures(NOW),
  tags: tags(),
  events: events(),
})

test('kept change by change it says what it would say when counted anew', () => {
  fc.assert(
    fc.property(fc.array(anySummary, { maxLength: 40 }), (changes) => {
      const projects = new Map<string, ProjectSummary>()
      const listeners: ((change: { before: ProjectSummary | undefined; summary: ProjectSummary }) => void)[] = []
      const source = {
        summaries: () => projects.values(),
        onChange: (listener: (typeof listeners)[number]) => void listeners.push(listener),
      }
      const kept = openOverviewIndex(source)
      for (const summary of changes) {
        const before = projects.get(summary.project.name)
        projects.set(summary.project.name, summary)
        for (const listener of listeners.slice(0, 1)) listener({ before, summary })
      }
      expect(all(kept)).toEqual(all(openOverviewIndex(source)))
    }),
  )
})

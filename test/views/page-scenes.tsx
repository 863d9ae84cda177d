import { emptyProject } from '../../src/domain/project/project.ts'
import { ATTENTION_ORDER } from '../../src/domain/summary/attention.ts'
import { foldLanes, openLanes } from '../../src/domain/timeline/lanes.ts'
import { flowPage } from '../../src/pages/flow.tsx'
import { openOverviewIndex } from '../../src/pages/overview/index-of-projects.ts'
import { OverviewDocument } from '../../src/pages/overview/overview.tsx'
import { ProjectDocument, projectPage } from '../../src/pages/project.tsx'
import { TimelineDocument } from '../../src/pages/timeline.tsx'
import { blankScene, busyScene, everyWord, HOSTILE, hostileScene, linkOf, NOW, type Scene } from './scenes.ts'
import type { AttentionCounts } from '../../views/overview/attention-counts.tsx'
import type { OverviewQuery } from '../../views/overview/overview-query.ts'
import { ErrorPage, NotFoundPage } from '../../views/pages/error.tsx'
import { OnboardingPage } from '../../views/pages/onboarding.tsx'
import type { TimelineQuery } from '../../views/timeline/query.ts'
import { timelineView } from '../../views/timeline/view.ts'

const LIVE = {
  live: { path: '/live/?since=k3j9x0ab', lastEventAt: NOW - 2000 },
  viewer: { name: 'Mara Lind', may: 'operator of all projects', canSignOut: true },
  refreshSeconds: 15,
}

export function countsOf(scenes: Scene[]): AttentionCounts {
  const counts = Object.fromEntries(ATTENTION_ORDER.map((word) => [word, 0])) as AttentionCounts
  for (const { summary } of scenes) counts[summary.attention.word] += 1
  return counts
}

/** What the overview says of these projects together. */
export const figuresOf = (scenes: Scene[]) =>
  openOverviewIndex({ summaries: () => scenes.map(({ summary }) => summary), onChange: () => undefined }).figures(NOW)

export function overviewOf(scenes: Scene[], query: OverviewQuery = { page: 1 }, total = scenes.length): string {
  const rows = scenes.map(({ summary }) => summary)
  const links = [linkOf(), linkOf({ name: HOSTILE.slice(0, 60), url: HOSTILE, state: 'waiting', attempts: 3, lastProblem: HOSTILE })]
  const shown = { rows, total, query, figures: figuresOf(scenes), tags: ['web', HOSTILE.slice(0, 90)], links }
  return String(<OverviewDocument {...LIVE} {...shown} counts={countsOf(scenes)} now={NOW} />)
}

const shownOf = ({ project, summary, state, events }: Scene, at?: string) => ({
  ...{ project, summary: { ...summary, staleMinutes: 10 }, at },
  view: { epoch: 'k3j9x0ab', state, recent: events },
})

export function projectPageOf(scene: Scene): string {
  const shown = shownOf(scene)
  const layout = { ...LIVE, counts: countsOf([scene]), now: NOW, theme: 'dark' } as const
  const kept = { days: 0, events: 0 }
  return String(<ProjectDocument {...layout} shown={shown} drawn={projectPage.draw(shown, null, NOW)} kept={kept} />)
}

export function timelineOf(scene: Scene, over: Partial<TimelineQuery> = {}, at?: string): string {
  const windowMs = 3_600_000
  const lanes = openLanes(emptyProject(), { from: NOW - windowMs, windowMs })
  foldLanes(lanes, scene.events)
  const query: TimelineQuery = { by: 'story', window: '1h', showsGaps: false, ...over }
  const view = timelineView({ project: scene.project.name, lanes, keptSince: NOW - windowMs / 2, query, now: NOW, staleMinutes: 10, at })
  return String(<TimelineDocument {...LIVE} view={view} counts={countsOf([scene])} now={NOW} />)
}

export function flowOf(scene: Scene, at?: string): string {
  const shown = shownOf(scene, at)
  const layout = { ...LIVE, counts: countsOf([scene]), now: NOW }
  const visit = { shown, now: NOW, asked: 7, layout } as unknown as Parameters<typeof flowPage.frame>[0]
  return String(flowPage.frame(visit, flowPage.draw(shown, 7, NOW)))
}

/** More than one page of projects, each with a name of its own. */
export function crowd(count: number): Scene[] {
  const kinds = [...everyWord(), busyScene()]
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length]!
    const project = { ...kind.project, name: `${kind.project.name}-${index}` }
    return { ...kind, project, summary: { ...kind.summary, project } }
  })
}

const nobody = countsOf([])

/** Every page in the states that it can be in. */
export const PAGES: [name: string, html: () => string][] = [
  ['overview, every word', () => overviewOf([busyScene(), ...everyWord()])],
  ['overview, crowded', () => overviewOf(crowd(60), { page: 2 }, 214)],
  [
    'overview, nothing matches',
    () => overviewOf([], { page: 1, text: '"><script>', attention: 'failed', tag: '<b>', status: 'paused', priority: 'low' }),
  ],
  ['overview, hostile', () => overviewOf([hostileScene(), ...everyWord()])],
  ['project, busy', () => projectPageOf(busyScene())],
  ['project, blank', () => projectPageOf(blankScene())],
  ['project, hostile', () => projectPageOf(hostileScene())],
  ['timeline, busy', () => timelineOf(busyScene())],
  ['timeline, blank', () => timelineOf(blankScene())],
  ['timeline, hostile, by story', () => timelineOf(hostileScene())],
  ['timeline, hostile, by agent', () => timelineOf(hostileScene(), { by: 'agent', showsGaps: true }, '"><script>')],
  ['flow, busy', () => flowOf(busyScene())],
  ['flow, blank, as it was', () => flowOf(blankScene(), '"><script>')],
  ['flow, hostile', () => flowOf(hostileScene())],
  [
    'beginning',
    () => String(<OnboardingPage {...LIVE} counts={nobody} now={NOW} origin="http://localhost:5000" startedAt={NOW - 72_000} links={[]} />),
  ],
  [
    'error',
    () =>
      String(
        <ErrorPage
          counts={nobody}
          now={NOW}
          status={503}
          title="The log is away"
          message={HOSTILE}
          next="Load this page again."
          requestId="01J9ZK"
        />,
      ),
  ],
  ['not found', () => String(<NotFoundPage counts={nobody} now={NOW} path={HOSTILE} project={HOSTILE} requestId="01J9ZK" />)],
]

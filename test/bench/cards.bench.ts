import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import type { ProjectChange } from '../../src/projection/projections.ts'
import type { LivePage } from '../../src/live/live-page.ts'
import { openOverviewIndex } from '../../src/pages/overview/index-of-projects.ts'
import { openOverview } from '../../src/pages/overview/overview.tsx'
import { overviewSearch, type OverviewView } from '../../views/overview/overview-query.ts'
import { generateHistory } from '../support/histories.ts'
import { sceneOf } from '../views/scenes.ts'
import { atMost, median, quantile } from './measure.ts'
import type { Bench } from './run.ts'

const PROJECTS = 240
const CHANGED = 200
const ROUNDS = 200
const AIM_MS = 10

/** A project at two moments of one history: the same word, so that it keeps its place. */
function twoMoments(index: number): [ProjectSummary, ProjectSummary] {
  const history = generateHistory({ seed: index + 1, count: 120 })
  const [early, late] = [100, 120].map((count) => sceneOf(`bench-${index}`, history.slice(0, count)).summary)
  return [early!, { ...late!, attention: early!.attention }]
}

type Listener = (change: Pick<ProjectChange, 'before' | 'summary'>) => void

/** ms of each round: 200 projects change, the four pages that show them render and hand their frames to the server's topics. */
function measure(view: OverviewView | undefined): { times: number[]; bytes: number } {
  const moments = Array.from({ length: PROJECTS }, (_, index) => twoMoments(index))
  let change: Listener = () => undefined
  const summaries = moments.map(([early]) => early)
  const overview = openOverviewIndex({ summaries: () => summaries, onChange: (listener) => (change = listener) })
  const source = { overview, links: () => [], now: () => Date.now() }
  const queries = [1, 2, 3, 4].map((page) => ({ page, view }))
  const pages = queries.map((query): [string, LivePage] => [`/${overviewSearch(query)}`, openOverview(source, query)])
  const server = Bun.serve({ port: 0, fetch: () => new Response(), websocket: { message: () => undefined } })
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const [from, to] = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const moment of moments.slice(0, CHANGED)) change({ before: moment[from], summary: moment[to] })
    const beganAt = performance.now()
    for (const [topic, page] of pages) {
      const frame = page.flush() ?? ''
      server.publish(topic, frame)
      bytes += frame.length
    }
    times.push(performance.now() - beganAt)
  }
  void server.stop(true)
  return { times, bytes: bytes / ROUNDS }
}

export const cards: Bench = {
  name: 'cards',
  run() {
    const rows = (['list', 'grid'] as const).map((view) => {
      const { times, bytes } = measure(view === 'grid' ? 'grid' : undefined)
      return [view, median(times), quantile(times, 0.99), bytes / 1024, atMost(median(times), AIM_MS, 'ms')]
    })
    return Promise.resolve([
      {
        title: `${CHANGED} changed cards on four pages of an overview, rendered and flushed, ${ROUNDS} rounds`,
        columns: ['view', 'p50 ms', 'p99 ms', 'KiB in frames', 'aim'],
        rows,
      },
    ])
  },
}

import type { PartTarget } from '../../views/atoms/part-href.ts'
import type { TimelineCache } from '../projection/timeline-cache.ts'
import type { Projections } from '../projection/projections.ts'
import { parseActivityQuery } from '../../views/activity/query.ts'
import { parseFlowDays } from '../../views/flow/query.ts'
import { parseTimelineQuery, WINDOWS } from '../../views/timeline/query.ts'
import { openActivityPage } from './activity-page.tsx'
import { openAttentionPage } from './attention-page.tsx'
import type { LivePage } from './live-page.ts'
import { openFlowPage } from './flow-page.tsx'
import type { OverviewIndex } from './overview-index.ts'
import { openOverviewPage } from './overview-page.tsx'
import { openPeekPage } from './peek-page.tsx'
import { openPartPage } from './part-pages.tsx'
import { openProjectPage, type Shown } from './project-page.tsx'
import { openTimelinePage } from './timeline-page.tsx'
import { readTopic } from './topic.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'

export type PageSource = {
  projections: Projections
  lanes: TimelineCache
  index: OverviewIndex
  links(): readonly LinkHealth[]
  now(): number
}

/** Reads what the page of a topic needs; the page begins when the result is called, with the state of that moment. */
export const preparePage =
  ({ projections, lanes, index, links, now }: PageSource) =>
  async (topic: string, stir: () => void = () => undefined): Promise<() => LivePage> => {
    const source = { index, links, now }
    const target = readTopic(topic)
    if (target.page === 'attention') return () => openAttentionPage(source)
    if (target.page === 'overview') return () => openOverviewPage(source, target.query)
    await projections.view(target.name)
    if (target.page === 'timeline') {
      const query = parseTimelineQuery(new URLSearchParams(target.search))
      const readAnew = () => lanes.lanesOf(target.name, WINDOWS[query.window].ms)
      const kept = await readAnew()
      return () => openTimelinePage(shownOf(projections, target.name), { kept, query, now, readAnew, stir })
    }
    return () => {
      const shown = shownOf(projections, target.name)
      return target.page === 'project' ? openProjectPage(shown, now) : openPart(shown, target, now)
    }
  }

/** The page of a part of a project. */
function openPart(shown: Shown, target: PartTarget, now: () => number): LivePage {
  if ('key' in target) return openPartPage(shown, target, now)
  if (target.page === 'peek') return openPeekPage(shown, now)
  if (target.page === 'flow') return openFlowPage(shown, parseFlowDays(new URLSearchParams(target.search)), now)
  if (target.page === 'activity') return openActivityPage(shown, parseActivityQuery(new URLSearchParams(target.search)), now)
  throw new Error(`nobody keeps the page of a ${target.page}`)
}

function shownOf(projections: Projections, name: string): Shown {
  const [view, summary] = [projections.loaded(name), projections.summary(name)]
  if (!view || !summary) throw new Error(`the state of ${name} could not be read`)
  return { project: summary.project, summary, view }
}

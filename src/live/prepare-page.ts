import type { LinkHealth } from '../ingest/link-health.ts'
import type { Projections } from '../projection/projections.ts'
import { openAttentionPage } from './attention-page.tsx'
import type { LivePage } from './feed.ts'
import type { OverviewIndex } from './overview-index.ts'
import { openOverviewPage } from './overview-page.tsx'
import { openProjectPage } from './project-page.tsx'
import { readTopic } from './topic.ts'

export type PageSource = { projections: Projections; index: OverviewIndex; links(): readonly LinkHealth[]; now(): number }

/** Reads what the page of a topic needs; the page begins when the result is called, with the state of that moment. */
export const preparePage =
  ({ projections, index, links, now }: PageSource) =>
  async (topic: string): Promise<() => LivePage> => {
    const source = { index, links, now }
    const target = readTopic(topic)
    if (target.page === 'attention') return () => openAttentionPage(source)
    if (target.page === 'overview') return () => openOverviewPage(source, target.query)
    const { name } = target
    await projections.view(name)
    return () => {
      const [view, summary] = [projections.loaded(name), projections.summary(name)]
      if (!view || !summary) throw new Error(`the state of ${name} could not be read`)
      return openProjectPage({ project: summary.project, summary, view }, now)
    }
  }

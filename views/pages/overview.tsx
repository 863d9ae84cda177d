import type { FC } from 'hono/jsx'
import type { ProjectSummary } from '../../src/domain/summary/project-summary.ts'
import type { AttentionCounts } from '../overview/attention-counts.tsx'
import { Filters } from '../overview/filters.tsx'
import { Links } from '../overview/link-health.tsx'
import { OverviewHeading } from '../overview/overview-heading.tsx'
import { PastNote, type PastNoteProps } from '../overview/past-note.tsx'
import { ProjectList } from '../overview/project-list.tsx'
import { type Frame, Layout } from '../shell/layout.tsx'
import type { OverviewFigures } from '../overview/overview-figures.ts'
import type { OverviewQuery } from '../overview/overview-query.ts'
import type { LinkHealth } from '../../src/domain/summary/link-health.ts'

export type OverviewContentProps = {
  counts: AttentionCounts
  now: number
  /** The projects of this page, in their order. */
  rows: readonly ProjectSummary[]
  query: OverviewQuery
  /** How many match the query, on all pages. */
  total: number
  /** Of all projects that the viewer may see. */
  figures: OverviewFigures
  /** All tags that a filter can name. */
  tags: readonly string[]
  links: readonly LinkHealth[]
  /** On a page that looks back. */
  past?: Pick<PastNoteProps, 'isWhole' | 'forgotten'>
}

/** GET / — all projects, by who needs a person first. */
export const OverviewPage: FC<OverviewContentProps & Frame> = (props) => (
  <Layout {...props} title="Projects" searchText={props.query.text} currentAttention={props.query.attention} scripts={['overview.js']}>
    <OverviewContent {...props} />
  </Layout>
)

/** What stands in the page's main part; it replaces the beginning when the first project appears. */
export const OverviewContent: FC<OverviewContentProps> = ({ counts, now, rows, query, total, figures, tags, links, past }) => (
  <>
    {past ? <PastNote query={query} now={now} {...past} /> : null}
    <OverviewHeading counts={counts} figures={figures} now={now} isPast={past !== undefined} />
    <div class="listing">
      <Filters query={query} tags={tags} now={now} />
      <ProjectList rows={rows} total={total} query={query} now={now} />
    </div>
    <Links links={links} now={now} />
  </>
)

import type { FC } from 'hono/jsx'
import { asOf, partHref } from '../part-href.ts'
import { timelineSearch, type TimelineQuery } from './query.ts'

const WAYS: readonly (TimelineQuery & { word: string })[] = [
  { by: 'story', window: '1h', showsGaps: false, word: 'By story' },
  { by: 'agent', window: '1h', showsGaps: false, word: 'By agent' },
  { by: 'story', window: '24h', showsGaps: false, word: 'Last 24 h' },
]

/** The way from a project's page to its timeline; `at` where the page looks back. */
export const TimelineLink: FC<{ project: string; at: number | undefined }> = ({ project, at }) => (
  <section id="timeline" class="card timeline-link" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    <p>What stories and agents went through, side by side.</p>
    <p class="choice">
      {WAYS.map(({ word, ...query }) => (
        <a href={hrefOf(project, query, at)}>{word}</a>
      ))}
    </p>
  </section>
)

function hrefOf(name: string, query: TimelineQuery, at: number | undefined): string {
  const href = partHref({ page: 'timeline', name, search: timelineSearch(query) })
  return at === undefined ? href : asOf(href, at)
}

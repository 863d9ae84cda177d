import type { ProjectSummary } from '../domain/project-summary.ts'
import type { LinkHealth } from '../ingest/link-health.ts'
import type { ProjectChange } from '../projection/projections.ts'
import { domId } from '../../views/dom-id.ts'
import { Links } from '../../views/fragments/link-health.tsx'
import { OverviewHeading } from '../../views/fragments/overview-heading.tsx'
import { ProjectList } from '../../views/fragments/project-list.tsx'
import { ProjectRow } from '../../views/fragments/project-row.tsx'
import { overviewFigures } from '../../views/overview-figures.ts'
import type { OverviewQuery } from '../../views/overview-query.ts'
import { OverviewContent } from '../../views/pages/overview.tsx'
import type { LivePage } from './feed.ts'
import { frameText, replace, within } from './frame.ts'
import { type Selection, selectProjects } from './overview-selection.ts'

export type OverviewSource = {
  summaries(): Iterable<ProjectSummary>
  links(): readonly LinkHealth[]
  now(): number
}

/** What an overview shows at one moment, as a page renders it and as a frame corrects it. */
export function overviewContent(source: OverviewSource, query: OverviewQuery) {
  const summaries = [...source.summaries()]
  const selection = selectProjects(summaries, query)
  const figures = overviewFigures(summaries.filter(({ project }) => project.status !== 'archived'))
  const tags = [...new Set(summaries.flatMap(({ project }) => project.tags))].toSorted()
  return { ...selection, query, figures, tags, links: source.links(), now: source.now() }
}

/** The overview with one set of filters. Viewers with the same filters share it. */
export function openOverviewPage(source: OverviewSource, query: OverviewQuery): LivePage {
  let shown = overviewContent(source, query)
  /** What is true now, kept until something happens: viewers who return together share it. */
  let current: OverviewContentNow | undefined = shown
  let resumeFrame: string | undefined
  let events = 0

  function take({ before, summary }: ProjectChange): boolean {
    events += Math.max(0, summary.offset - (before?.offset ?? 0))
    current = undefined
    return true
  }

  function flush(): string | undefined {
    const content = overviewContent(source, query)
    const isFirst = shown.figures.projects === 0 && content.figures.projects > 0
    const html = isFirst ? within('main', <OverviewContent {...content} />) : changedParts(shown, content)
    const frame = frameOf(content, html, events)
    current = content
    shown = content
    resumeFrame = undefined
    events = 0
    return html === '' ? undefined : frame
  }

  function resume(since: string | undefined): string {
    if (!current) resumeFrame = undefined
    current ??= overviewContent(source, query)
    if (since === positionOf(current)) return frameOf(current, '', 0)
    return (resumeFrame ??= frameOf(current, wholeContent(current), 0))
  }

  return { project: undefined, isBehind: () => false, take, flush, resume }
}

type OverviewContentNow = ReturnType<typeof overviewContent>

const frameOf = (content: OverviewContentNow, html: string, events: number): string =>
  frameText({ content: html, since: positionOf(content), now: content.now, lastEventAt: lastEventOf(content.rows), events })

/** The beginning stays on screen, without its list, until there is a project to show. */
const wholeContent = (content: OverviewContentNow): string =>
  content.figures.projects > 0
    ? within('main', <OverviewContent {...content} />)
    : replace('links', <Links links={content.links} now={content.now} />)

/** Rows alone where the order stands, the list where it does not. */
function changedParts(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, total, query, now, links } = content
  const parts: string[] = []
  if (links !== shown.links) parts.push(replace('links', <Links links={links} now={now} />))
  if (content.figures.projects === 0) return parts.join('')
  parts.push(replace('heading', <OverviewHeading counts={content.counts} figures={content.figures} now={now} />))
  if (!hasSameOrder(shown, content)) {
    parts.push(replace('projects', <ProjectList rows={rows} total={total} query={query} now={now} />))
    return parts.join('')
  }
  const before = new Set(shown.rows)
  for (const summary of rows) {
    if (before.has(summary)) continue
    parts.push(replace(domId('project', summary.project.name), <ProjectRow summary={summary} now={now} />))
  }
  return parts.join('')
}

/** A digest of the positions and words that an overview shows: another one means that something else is on screen. */
export function positionOf({ rows, total, counts, links }: Selection & { links: readonly LinkHealth[] }): string {
  const parts = rows.map(({ project, epoch, offset, attention }) => `${project.name}@${epoch}:${offset}:${attention.word}`)
  const states = links.map(({ name, state }) => `${name}=${state}`)
  return Bun.hash(`${total};${Object.values(counts).join()};${parts.join()};${states.join()}`).toString(36)
}

export const lastEventOf = (rows: readonly ProjectSummary[]): number | undefined =>
  rows.reduce<number | undefined>(
    (latest, { lastEventAt }) => (lastEventAt !== undefined && lastEventAt > (latest ?? 0) ? lastEventAt : latest),
    undefined,
  )

function hasSameOrder(shown: Selection, now: Selection): boolean {
  return (
    shown.total === now.total &&
    shown.rows.length === now.rows.length &&
    // A word moves a row into another group even where its place among all rows stays.
    shown.rows.every(({ project, attention }, index) => {
      const other = now.rows[index]
      return project.name === other?.project.name && attention.word === other.attention.word
    })
  )
}

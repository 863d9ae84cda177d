import type { ProjectSummary } from '../domain/project-summary.ts'
import type { LinkHealth } from '../ingest/link-health.ts'
import { domId } from '../../views/dom-id.ts'
import { Links } from '../../views/fragments/link-health.tsx'
import { OverviewHeading } from '../../views/fragments/overview-heading.tsx'
import { ProjectList } from '../../views/fragments/project-list.tsx'
import { ProjectRow } from '../../views/fragments/project-row.tsx'
import type { OverviewQuery } from '../../views/overview-query.ts'
import { OverviewContent } from '../../views/pages/overview.tsx'
import type { LivePage } from './feed.ts'
import { frameText, replace, within } from './frame.ts'
import { openResumeFrames } from './resume-frames.ts'
import type { OverviewIndex } from './overview-index.ts'
import { selectProjects } from './overview-selection.ts'

export type OverviewSource = {
  index: OverviewIndex
  links(): readonly LinkHealth[]
  now(): number
}

/** What an overview shows at one moment, as a page renders it and as a frame corrects it. */
export function overviewContent({ index, links, now }: OverviewSource, query: OverviewQuery) {
  const { rows, total } = selectProjects(index.ordered, query)
  const at = now()
  const together = { counts: { ...index.counts }, figures: index.figures(at), tags: index.tags(), events: index.events() }
  return { rows, total, ...together, query, links: links(), now: at }
}

/** The overview with one set of filters. Viewers with the same filters share it. */
export function openOverviewPage(source: OverviewSource, query: OverviewQuery): LivePage {
  let shown = overviewContent(source, query)
  const resumes = openResumeFrames(source.now)

  function flush(): string | undefined {
    const content = overviewContent(source, query)
    const isFirst = shown.figures.projects === 0 && content.figures.projects > 0
    const isEmptied = shown.figures.projects > 0 && content.figures.projects === 0
    const html = isEmptied
      ? wholeContent(content)
      : isFirst
        ? within('main', <OverviewContent {...content} />)
        : changedParts(shown, content)
    const events = eventsAfter(shown.events, content)
    shown = content
    resumes.clear()
    return html === '' ? undefined : frameText({ ...headOf(content, html), now: content.now, events })
  }

  function resumed(since: string) {
    const content = overviewContent(source, query)
    const html = since === positionOf(content) ? '' : wholeContent(content)
    return { ...headOf(content, html), events: eventsAfter(eventsAt(since) ?? content.events, content) }
  }

  return {
    project: undefined,
    isBehind: () => false,
    take() {
      resumes.clear()
      return true
    },
    flush,
    resume: (since = '') => resumes.frame(since, () => resumed(since)),
  }
}

type OverviewContentNow = ReturnType<typeof overviewContent>

const headOf = (content: OverviewContentNow, html: string) => ({
  content: html,
  since: positionOf(content),
  lastEventAt: lastEventOf(content.rows),
})

const eventsAfter = (before: number, { events }: OverviewContentNow) => Math.max(0, events - before)

/**
 * The beginning stays on screen until there is a project to show: it has no heading and no list that could be replaced.
 * A page whose projects are gone, because the log is another one, has both.
 */
function wholeContent(content: OverviewContentNow): string {
  if (content.figures.projects > 0) return within('main', <OverviewContent {...content} />)
  const { counts, figures, rows, total, query, links, now } = content
  return [
    replace('links', <Links links={links} now={now} />),
    replace('heading', <OverviewHeading counts={counts} figures={figures} now={now} />),
    replace('projects', <ProjectList rows={rows} total={total} query={query} now={now} />),
  ].join('')
}

/** Rows alone where the order stands, the list where it does not. */
function changedParts(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, total, query, now, links } = content
  const parts: string[] = []
  if (links !== shown.links) parts.push(replace('links', <Links links={links} now={now} />))
  if (content.figures.projects === 0) return parts.join('')
  parts.push(replace('heading', <OverviewHeading counts={content.counts} figures={content.figures} now={now} />))
  const before = new Set(shown.rows)
  if (!hasSameOrder(shown, content)) {
    const kept = new Set(rows.filter((row) => before.has(row)).map(({ project }) => project.name))
    parts.push(replace('projects', <ProjectList rows={rows} total={total} query={query} now={now} kept={kept} />))
    return parts.join('')
  }
  for (const summary of rows) {
    if (before.has(summary)) continue
    parts.push(replace(domId('project', summary.project.name), <ProjectRow summary={summary} now={now} />))
  }
  return parts.join('')
}

/**
 * A digest of the positions and words that an overview shows, another one means that something else is on screen; and all
 * events that it rests on, which tells a page that comes back how many are new.
 */
export function positionOf({ rows, total, counts, tags, links, events }: OverviewContentNow): string {
  const parts = rows.map(rowPosition)
  const states = links.map(({ name, state }) => `${name}=${state}`)
  return `${Bun.hash(JSON.stringify([total, counts, tags, parts, states])).toString(36)}.${events}`
}

/** What a row shows besides its events: settings come from the configuration, and words and open questions change with the time. */
const rowPosition = ({ project, epoch, offset, attention, approvals }: ProjectSummary) =>
  [project.name, project.status, project.priority, epoch, offset, attention.word, attention.reason, approvals.total].join()

function eventsAt(since: string): number | undefined {
  const events = /\.(\d{1,15})$/.exec(since)?.[1]
  return events === undefined ? undefined : Number(events)
}

/** When anything on screen happened last, ms since 1970; undefined where nothing did. */
export const lastEventOf = (rows: readonly ProjectSummary[]): number | undefined =>
  rows.reduce<number | undefined>(
    (latest, { lastEventAt }) => (lastEventAt !== undefined && lastEventAt > (latest ?? 0) ? lastEventAt : latest),
    undefined,
  )

function hasSameOrder(shown: OverviewContentNow, now: OverviewContentNow): boolean {
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

import { domId } from '../../views/atoms/dom-id.ts'
import { Links } from '../../views/overview/link-health.tsx'
import { OverviewHeading } from '../../views/overview/overview-heading.tsx'
import { pinState } from '../../views/overview/pin.tsx'
import { ProjectList } from '../../views/overview/project-list.tsx'
import { ProjectRow } from '../../views/overview/project-row.tsx'
import type { OverviewQuery } from '../../views/overview/overview-query.ts'
import { OverviewContent } from '../../views/pages/overview.tsx'
import type { LivePage } from './live-page.ts'
import { frameText, replace, within } from './frame.ts'
import { openResumeFrames } from './resume-frames.ts'
import { hasSameOrder, lastEventOf, overviewContent, type OverviewContentNow, type OverviewSource, positionOf } from './overview-content.ts'
import { changedWall, wholeWall } from './wall-parts.tsx'
import { TagChoices } from '../../views/overview/filters.tsx'

/** How a page tells what changed, and all of it. */
type Drawing = { changed(shown: OverviewContentNow, content: OverviewContentNow): string; whole(content: OverviewContentNow): string }

const PAGE: Drawing = { changed: changedContent, whole: wholeContent }
const WALL: Drawing = { changed: changedWall, whole: wholeWall }

/** The overview with one set of filters. Viewers with the same filters share it. */
export function openOverviewPage(source: OverviewSource, query: OverviewQuery): LivePage {
  const draw = query.view === 'wall' ? WALL : PAGE
  let shown = overviewContent(source, query)
  const resumes = openResumeFrames(source.now)

  function flush(): string | undefined {
    const content = overviewContent(source, query)
    const html = draw.changed(shown, content)
    const events = eventsAfter(shown.events, content)
    shown = content
    resumes.clear()
    return html === '' ? undefined : frameText({ ...headOf(content, html), now: content.now, events })
  }

  /** The content is the same for all who come back before something else happens, or time moves on. */
  function resume(since = '') {
    const content = overviewContent(source, query)
    const isHere = since === positionOf(content)
    return resumes.frame({ key: isHere ? 'here' : 'all', events: eventsAfter(eventsAt(since) ?? content.events, content) }, () =>
      headOf(content, isHere ? '' : draw.whole(content)),
    )
  }

  return {
    project: undefined,
    isBehind: () => false,
    position: () => positionOf(overviewContent(source, query)),
    take() {
      resumes.clear()
      return true
    },
    flush,
    resume,
  }
}

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

function changedContent(shown: OverviewContentNow, content: OverviewContentNow): string {
  const isFirst = shown.figures.projects === 0 && content.figures.projects > 0
  const isEmptied = shown.figures.projects > 0 && content.figures.projects === 0
  return isFirst || isEmptied ? wholeContent(content) : changedParts(shown, content)
}

/** Rows alone where the order stands, the list where it does not. */
function changedParts(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, total, query, now, links, tags } = content
  const parts: string[] = []
  if (links !== shown.links) parts.push(replace('links', <Links links={links} now={now} />))
  if (content.figures.projects === 0) return parts.join('')
  if (tags !== shown.tags) parts.push(replace('filter-tag', <TagChoices query={query} tags={tags} />))
  parts.push(replace('heading', <OverviewHeading counts={content.counts} figures={content.figures} now={now} />))
  const before = new Set(shown.rows)
  if (!hasSameOrder(shown, content)) {
    const kept = new Set(rows.filter((row) => before.has(row)).map(({ project }) => project.name))
    parts.push(replace('projects', <ProjectList rows={rows} total={total} query={query} now={now} kept={kept} />))
    return parts.join('')
  }
  for (const summary of rows) {
    if (before.has(summary)) continue
    parts.push(
      replace(
        domId('project', summary.project.name),
        <ProjectRow summary={summary} now={now} pin={pinState(query, summary.project.name)} />,
      ),
    )
  }
  return parts.join('')
}

function eventsAt(since: string): number | undefined {
  const events = /\.(\d{1,15})$/.exec(since)?.[1]
  return events === undefined ? undefined : Number(events)
}

import type { FC } from 'hono/jsx'
import { replace, within } from '../../live/frame.ts'
import { type LivePage, openLivePage } from '../../live/live-page.ts'
import { mustBeRead } from '../../projection/find-project.ts'
import { domId } from '../../../views/atoms/dom-id.ts'
import { Filters, TagChoices } from '../../../views/overview/filters.tsx'
import { Links } from '../../../views/overview/link-health.tsx'
import { OverviewHeading } from '../../../views/overview/overview-heading.tsx'
import { overviewHref, type OverviewQuery, overviewSearch, parseOverviewQuery, parsePins } from '../../../views/overview/overview-query.ts'
import { PastNote, type PastNoteProps } from '../../../views/overview/past-note.tsx'
import { pinState } from '../../../views/overview/pin.tsx'
import { ProjectList } from '../../../views/overview/project-list.tsx'
import { ProjectRow } from '../../../views/overview/project-row.tsx'
import { isLarge, LastHour, Wall } from '../../../views/overview/wall.tsx'
import { WallTile } from '../../../views/overview/wall-tile.tsx'
import { OnboardingPage } from '../../../views/pages/onboarding.tsx'
import { WallPage } from '../../../views/pages/wall.tsx'
import { type Frame, Layout } from '../../../views/shell/layout.tsx'
import type { Page, PageDeps, PageRequest } from '../page.ts'
import { pageFrame } from '../serve-page.ts'
import { timeOfForm } from '../travel.ts'
import { hasSameOrder, lastEventOf, overviewContent, type OverviewContentNow, type OverviewSource, positionOf } from './content.ts'
import { pastOverview } from './past.ts'

const topicOf = (query: OverviewQuery) => `/${overviewSearch(query)}`

/** All projects, those that need a person first; `?tv=1` is for a wall. Viewers with equal filters share it. */
export const overviewPage: Page = {
  routes: ['/'],
  async answer(request, deps) {
    mustBeRead(deps)
    const asked = withRemembered(request, parseOverviewQuery(request.url.searchParams))
    const on = request.url.searchParams.get('on')
    if (on !== null) return { to: overviewHref(asked, { at: timeOfForm(on) }), status: 303 }
    return { html: request.at === undefined ? newest(request, deps, asked) : await asItWas(request, deps, asked) }
  },
  topicAt({ pathname, searchParams }) {
    if (pathname !== '/') return undefined
    const query = parseOverviewQuery(searchParams)
    return { address: topicOf(query), project: undefined, open: async (deps) => () => openOverview(deps, query) }
  },
}

function newest(request: PageRequest, deps: PageDeps, query: OverviewQuery) {
  const content = overviewContent(deps, query)
  const live = { topic: topicOf(query), since: positionOf(content), lastEventAt: lastEventOf(content.rows) }
  const frame = pageFrame(request, deps, live)
  if (query.view === 'wall') return <WallPage {...frame} {...content} />
  if (content.figures.projects > 0 || content.isPart) return <OverviewDocument {...frame} {...content} />
  return <OnboardingPage {...frame} origin={request.origin} startedAt={deps.startedAt} links={content.links} />
}

async function asItWas(request: PageRequest, deps: PageDeps, asked: OverviewQuery) {
  const query = { ...asked, view: asked.view === 'wall' ? undefined : asked.view }
  const { isWhole, forgotten, ...content } = await pastOverview(request, deps, query)
  return <OverviewDocument {...pageFrame(request, deps)} {...content} isPast past={{ isWhole, forgotten }} />
}

/** Adds what the reader's cookies remember to the query: the view and the pins. A wall has neither. */
function withRemembered({ url, cookie, remember }: PageRequest, query: OverviewQuery): OverviewQuery {
  if (query.view === 'wall') return { ...query, pins: undefined }
  const [named, known] = [url.searchParams.get('view'), cookie('view')]
  const isNamed = named === 'grid' || named === 'list'
  if (isNamed && named !== known) remember('view', named)
  return { ...query, view: query.view ?? (!isNamed && known === 'grid' ? 'grid' : undefined), pins: parsePins(cookie('pins')) }
}

type Content = Omit<OverviewContentNow, 'events' | 'isPart'> & {
  isPart?: boolean
  past?: Pick<PastNoteProps, 'isWhole' | 'forgotten'>
}

const PARTS = {
  heading: ({ counts, figures, now, past }: Content) => (
    <OverviewHeading counts={counts} figures={figures} now={now} isPast={past !== undefined} />
  ),
  projects: ({ rows, total, query, now, isPart }: Content, kept?: ReadonlySet<string>) => (
    <ProjectList rows={rows} total={total} query={query} now={now} isPart={isPart} {...(kept && { unchanged: kept })} />
  ),
  links: ({ links, now }: Content) => <Links links={links} now={now} />,
}

const part = (id: keyof typeof PARTS, content: Content, kept?: ReadonlySet<string>) => replace(id, PARTS[id](content, kept))

/** The document of the overview. */
export const OverviewDocument: FC<Content & Frame> = (props) => (
  <Layout {...props} title="Projects" searchText={props.query.text} currentAttention={props.query.attention} scripts={['overview.js']}>
    <OverviewContent {...props} />
  </Layout>
)

/** The main part; it replaces the start page when the first project appears. */
export const OverviewContent: FC<Content> = (content) => (
  <>
    {content.past ? <PastNote query={content.query} now={content.now} {...content.past} /> : null}
    {PARTS.heading(content)}
    <div class="listing">
      <Filters query={content.query} tags={content.tags} now={content.now} />
      {PARTS.projects(content)}
    </div>
    {PARTS.links(content)}
  </>
)

type Drawing = { changed(shown: OverviewContentNow, content: OverviewContentNow): string; whole(content: OverviewContentNow): string }

const PAGE: Drawing = { changed: changedContent, whole: wholeContent }
const WALL: Drawing = { changed: changedWall, whole: (content) => replace('wall', <Wall {...content} />) }

/** Opens the overview of one set of filters as a live page. */
export function openOverview(source: OverviewSource, query: OverviewQuery): LivePage {
  const draw = query.view === 'wall' ? WALL : PAGE
  let shown = overviewContent(source, query)
  const eventsAfter = (before: number, { events }: OverviewContentNow) => Math.max(0, events - before)
  let latest = shown
  const content = {
    project: undefined,
    position: () => positionOf(latest),
    lastEventAt: () => lastEventOf(latest.rows),
    take: () => true,
    changed() {
      latest = overviewContent(source, query)
      const changed = { html: draw.changed(shown, latest), events: eventsAfter(shown.events, latest) }
      shown = latest
      return changed
    },
    missed(since: string) {
      latest = overviewContent(source, query)
      const isHere = since === positionOf(latest)
      const events = eventsAfter(eventsAt(since) ?? latest.events, latest)
      return { key: isHere ? 'here' : 'all', events, render: () => (isHere ? '' : draw.whole(latest)) }
    },
  }
  return openLivePage(content, source.now)
}

/** The start page has no list to replace, so it stays until there is a project. */
function wholeContent(content: OverviewContentNow): string {
  if (content.figures.projects > 0) return within('main', <OverviewContent {...content} />)
  return part('links', content) + part('heading', content) + part('projects', content)
}

function changedContent(shown: OverviewContentNow, content: OverviewContentNow): string {
  const isFirst = shown.figures.projects === 0 && content.figures.projects > 0
  const isEmptied = shown.figures.projects > 0 && content.figures.projects === 0
  return isFirst || isEmptied ? wholeContent(content) : changedParts(shown, content)
}

/** Sends rows if the order stands, else the list, with stubs for unchanged rows. */
function changedParts(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, query, now } = content
  const links = content.links === shown.links ? '' : part('links', content)
  if (content.figures.projects === 0) return links
  const before = new Set(shown.rows)
  const kept = new Set(rows.filter((row) => before.has(row)).map(({ project }) => project.name))
  const row = (summary: (typeof rows)[number]) => <ProjectRow summary={summary} now={now} pin={pinState(query, summary.project.name)} />
  const list = hasSameOrder(shown, content)
    ? rows.filter((summary) => !before.has(summary)).map((summary) => replace(domId('project', summary.project.name), row(summary)))
    : [part('projects', content, kept)]
  const tags = content.tags === shown.tags ? '' : replace('filter-tag', <TagChoices query={query} tags={content.tags} />)
  return links + tags + part('heading', content) + list.join('')
}

function changedWall(shown: OverviewContentNow, content: OverviewContentNow): string {
  const { rows, figures, now } = content
  const before = new Set(shown.rows)
  if (!hasSameOrder(shown, content)) return WALL.whole(content)
  const tiles = rows.flatMap((summary, index) =>
    before.has(summary)
      ? []
      : [replace(domId('project', summary.project.name), <WallTile summary={summary} isLarge={isLarge(rows, index)} now={now} />)],
  )
  return tiles.join('') + replace('wall-hour', <LastHour figures={figures} now={now} />)
}

function eventsAt(since: string): number | undefined {
  const events = /\.(\d{1,15})$/.exec(since)?.[1]
  return events === undefined ? undefined : Number(events)
}

import type { HtmlEscapedString } from 'hono/utils/html'
import type { EventLog, EventReads } from '../event-log/event-log.ts'
import type { Rights } from '../auth/rights.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'
import type { Project } from '../domain/registry/project-registry.ts'
import type { LivePage, PageNews } from '../live/live-page.ts'
import type { TimelineCache } from '../projection/timeline-cache.ts'
import type { LongReads } from '../projection/long-reads.ts'
import type { Outages } from '../projection/outages.ts'
import type { ProjectReads } from '../projection/projections.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { OverviewIndex } from './overview/index-of-projects.ts'

/** What pages depend on, as one audience sees it: projects that it may not see are not there, texts that it may not read are hidden. */
export type PageDeps = {
  eventLog: EventReads
  /** For folding alone, which saves states for everybody: what is made of it must be veiled before it is shown. */
  wholeLog: EventLog
  projections: ProjectReads
  isFiguresOnly(project: string): boolean
  /** Whether there may be projects that are not seen here. */
  isPart: boolean
  rightsOn(project: Project, viewer: Viewer): Rights
  /** Recent lanes of projects; those of projects that show figures only have to be veiled. */
  lanes: TimelineCache
  overview: OverviewIndex
  longReads: LongReads
  links(): readonly LinkHealth[]
  outages(): Outages
  isRead(): boolean
  files: { href(file: string): string; build: string }
  settings: PageSettings
  log: Pick<Logger, 'error'>
  startedAt: number
  now(): number
}

export type PageSettings = {
  isOpenToOthers: boolean
  /** After this silence an agent is stale. */
  staleMinutes: number
  /** Days, and events per project; 0 is unlimited. */
  retention: { days: number; events: number }
}

export type PageRequest = {
  viewer: Viewer
  url: URL
  /** The address of the service as people reach it, such as https://visualizer.example.com. */
  origin: string
  project: string
  at: string | undefined
  cookie(name: string): string | undefined
  /** Stores a cookie for a year. */
  remember(name: string, value: string): void
  csrf: string | undefined
  signal: AbortSignal
}

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export type Answer = { html: Markup } | { to: string; status: 301 | 303 }

/** What a websocket watches: viewers of the same content share a topic, the page's canonical address. */
export type Topic = {
  address: string
  project: string | undefined
  /** Reads what the page needs. The page starts when the returned function is called. */
  open(deps: PageDeps, news: PageNews, rights: Rights): Promise<() => LivePage>
}

/** A page as in the registry. */
export type Page = {
  /** Its paths; none for a page that is only watched. */
  routes: readonly string[]
  answer(request: PageRequest, deps: PageDeps): Promise<Answer>
  /** The topic of an address; undefined if it is none of this page's, or is not kept current. */
  topicAt(url: URL): Topic | undefined
}

import type { HtmlEscapedString } from 'hono/utils/html'
import type { EventLog } from '../event-log/event-log.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'
import type { LivePage, PageNews } from '../live/live-page.ts'
import type { TimelineCache } from '../projection/timeline-cache.ts'
import type { LongReads } from '../projection/long-reads.ts'
import type { Outages } from '../projection/outages.ts'
import type { Projections } from '../projection/projections.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { OverviewIndex } from './overview/index-of-projects.ts'

/** What pages depend on. */
export type PageDeps = {
  eventLog: EventLog
  projections: Projections
  /** Recent lanes of projects. */
  lanes: TimelineCache
  overview: OverviewIndex
  longReads: LongReads
  links(): readonly LinkHealth[]
  outages(): Outages
  /** False until the log was read once. */
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

/** A request for a page. */
export type PageRequest = {
  /** Who asks. */
  viewer: Viewer
  url: URL
  /** The address of the service as people reach it, such as https://visualizer.example.com. */
  origin: string
  project: string
  at: string | undefined
  cookie(name: string): string | undefined
  /** Stores a cookie for a year. */
  remember(name: string, value: string): void
  /** Aborted when the reader has left. */
  signal: AbortSignal
}

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

export type Answer = { html: Markup } | { to: string; status: 301 | 303 }

/** What a websocket watches: viewers of the same content share a topic, the page's canonical address. */
export type Topic = {
  address: string
  project: string | undefined
  /** Reads what the page needs. The page starts when the returned function is called. */
  open(deps: PageDeps, news: PageNews): Promise<() => LivePage>
}

/** A page as in the registry. */
export type Page = {
  /** Its paths; none for a page that is only watched. */
  routes: readonly string[]
  answer(request: PageRequest, deps: PageDeps): Promise<Answer>
  /** The topic of an address; undefined if it is none of this page's, or is not kept current. */
  topicAt(url: URL): Topic | undefined
}

import type { HtmlEscapedString } from 'hono/utils/html'
import type { EventLog } from '../event-log/event-log.ts'
import type { LinkHealth } from '../domain/summary/link-health.ts'
import type { LivePage, PageNews } from '../live/live-page.ts'
import type { TimelineCache } from '../projection/timeline-cache.ts'
import type { LongReads } from '../projection/long-reads.ts'
import type { Outages } from '../projection/outages.ts'
import type { Projections } from '../projection/projections.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { OverviewIndex } from './overview/index-of-projects.ts'

/** What pages stand on. */
export type PageDeps = {
  eventLog: EventLog
  projections: Projections
  /** What projects went through lately, for pages that draw it. */
  lanes: TimelineCache
  /** All projects in order, and what is said of them together. */
  overview: OverviewIndex
  /** Whatever reads a long way for one request goes through here. */
  longReads: LongReads
  links(): readonly LinkHealth[]
  /** What is away, and since when. */
  outages(): Outages
  /** False while the log could not be read since the start: nothing is known then. */
  isRead(): boolean
  /** The addresses of static files, and what they are made of. */
  files: { href(file: string): string; build: string }
  settings: PageSettings
  log: Pick<Logger, 'error'>
  /** When the service began to listen, ms since 1970. */
  startedAt: number
  now(): number
}

export type PageSettings = {
  isOpenToOthers: boolean
  /** How long work may be silent before silence says something. */
  staleMinutes: number
  /** How long events are kept in days, and how many of a project; 0 is for good. */
  retention: { days: number; events: number }
}

/** What somebody asks for. */
export type PageRequest = {
  url: URL
  /** The project that the path names; empty where it names none. */
  project: string
  /** The moment that the address asks for with `?at=`; undefined for now. */
  at: string | undefined
  cookie(name: string): string | undefined
  /** Has the reader's browser remember something, for a year. */
  remember(name: string, value: string): void
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal
}

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** Markup, or where to look instead. */
export type Answer = { html: Markup } | { to: string; status: 301 | 303 }

/** What a websocket watches: all who see the same share a topic, which is the page's own address in one spelling. */
export type Topic = {
  address: string
  /** The one project that it shows, if it is one. */
  project: string | undefined
  /** Reads what the page needs; the page begins when the result is called, with the state of that moment. */
  open(deps: PageDeps, news: PageNews): Promise<() => LivePage>
}

/** A page as the registry lists it. */
export type Page = {
  /** The paths at which it is asked for; none for one that is only watched. */
  routes: readonly string[]
  answer(request: PageRequest, deps: PageDeps): Promise<Answer>
  /** What is watched at an address of this page; undefined where it is no address of this page, or nothing is kept current there. */
  topicAt(url: URL): Topic | undefined
}

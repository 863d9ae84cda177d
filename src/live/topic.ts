import { overviewSearch, parseOverviewQuery } from '../../views/overview/overview-query.ts'
import type { OverviewQuery } from '../../views/overview/overview-query.ts'
import { partHref, type PartTarget, projectHref } from '../../views/atoms/part-href.ts'
import { decoded, readPart } from './part-target.ts'

/** What a websocket's address asks to watch. Addresses mirror those of pages. */
export type LiveTarget = { page: 'overview'; query: OverviewQuery } | { page: 'attention' } | { page: 'project'; name: string } | PartTarget

const PROJECT = /^\/live\/projects\/([^/]+)$/

/** Reads `/live/…`; nothing for an address that no page mirrors. */
export function readTarget(url: URL): LiveTarget | undefined {
  if (url.pathname === '/live/') return { page: 'overview', query: parseOverviewQuery(url.searchParams) }
  if (url.pathname === '/live/attention') return { page: 'attention' }
  const encoded = PROJECT.exec(url.pathname)?.[1]
  if (encoded === undefined) return readPart(url.pathname.slice('/live'.length), url.searchParams)
  const name = decoded(encoded)
  return name === undefined ? undefined : { page: 'project', name }
}

/** The one topic of all viewers who see the same: it is the page's own address. */
export function topicOf(target: LiveTarget): string {
  if (target.page === 'overview') return `/${overviewSearch(target.query)}`
  if (target.page === 'attention') return '/attention'
  return target.page === 'project' ? projectHref(target.name) : partHref(target)
}

/** What a topic shows: the reverse of `topicOf`. */
export function readTopic(topic: string): LiveTarget {
  const target = readTarget(new URL(`/live${topic}`, 'http://topic'))
  if (!target) throw new TypeError(`no page is kept for the topic ${topic}`)
  return target
}

/** The one project that a target shows, if it is one. */
export const projectOfTarget = (target: LiveTarget): string | undefined => ('name' in target ? target.name : undefined)

/** The one project that a topic shows, if it is one. A socket that is refused has no topic. */
export const projectOf = (topic: string): string | undefined => (topic === '' ? undefined : projectOfTarget(readTopic(topic)))

/** The address of a page's websocket, resuming where the page was rendered; `made` tells what from. */
export function livePath(target: LiveTarget, since: string, made?: string): string {
  const page = topicOf(target)
  const from = made === undefined ? '' : `&made=${encodeURIComponent(made)}`
  return `/live${page}${page.includes('?') ? '&' : '?'}since=${encodeURIComponent(since)}${from}`
}

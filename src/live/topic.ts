import { overviewSearch, parseOverviewQuery } from '../../views/overview-query.ts'
import type { OverviewQuery } from '../../views/overview-query.ts'

/** What a websocket's address asks to watch. Addresses mirror those of pages. */
export type LiveTarget = { page: 'overview'; query: OverviewQuery } | { page: 'attention' } | { page: 'project'; name: string }

const PROJECT = /^\/live\/projects\/([^/]+)$/

/** Reads `/live/…`; nothing for an address that no page mirrors. */
export function readTarget(url: URL): LiveTarget | undefined {
  if (url.pathname === '/live/') return { page: 'overview', query: parseOverviewQuery(url.searchParams) }
  if (url.pathname === '/live/attention') return { page: 'attention' }
  const name = PROJECT.exec(url.pathname)?.[1]
  if (name === undefined) return undefined
  try {
    return { page: 'project', name: decodeURIComponent(name) }
  } catch {
    // Not a name that anything could have: no page mirrors it.
    return undefined
  }
}

/** The one topic of all viewers who see the same: it is the page's own address. */
export function topicOf(target: LiveTarget): string {
  if (target.page === 'overview') return `/${overviewSearch(target.query)}`
  return target.page === 'attention' ? '/attention' : `/projects/${target.name}`
}

/** What a topic shows: the reverse of `topicOf`. */
export function readTopic(topic: string): LiveTarget {
  if (topic === '/attention') return { page: 'attention' }
  if (topic.startsWith('/projects/')) return { page: 'project', name: topic.slice('/projects/'.length) }
  return { page: 'overview', query: parseOverviewQuery(new URLSearchParams(topic.slice(1))) }
}

/** The one project that a topic shows, if it is one. */
export function projectOf(topic: string): string | undefined {
  const target = readTopic(topic)
  return target.page === 'project' ? target.name : undefined
}

/** The address of a page's websocket, resuming where the page was rendered. */
export function livePath(target: LiveTarget, since: string): string {
  if (target.page === 'overview') {
    const search = overviewSearch(target.query)
    return `/live/${search}${search === '' ? '?' : '&'}since=${encodeURIComponent(since)}`
  }
  const path = target.page === 'attention' ? '/live/attention' : `/live/projects/${encodeURIComponent(target.name)}`
  return `${path}?since=${encodeURIComponent(since)}`
}

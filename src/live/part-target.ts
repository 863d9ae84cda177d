import type { PartTarget } from '../../views/atoms/part-href.ts'
import { activitySearch, parseActivityQuery } from '../../views/activity/query.ts'
import { flowSearch, parseFlowDays } from '../../views/flow/query.ts'
import { parseTimelineQuery, timelineSearch } from '../../views/timeline/query.ts'
import { isForeignId } from '../domain/events/names.ts'

const PART = /^\/projects\/([^/]+)\/(stories|agents|timeline|flow|peek|activity)(?:\/([^/]+))?$/
const KEYED: Record<string, 'story' | 'agent'> = { stories: 'story', agents: 'agent' }

/** What of an address's query a page shows, in one spelling: two viewers of the same share a topic. */
const SEARCHES: Record<'timeline' | 'flow' | 'peek' | 'activity', (search: URLSearchParams) => string> = {
  timeline: (search) => timelineSearch(parseTimelineQuery(search)),
  peek: () => '',
  activity: (search) => activitySearch(parseActivityQuery(search)),
  flow: (search) => flowSearch(parseFlowDays(search)),
}

/** Reads the address of a part's page, or of its websocket below `/live`; nothing for one that no part has. */
export function readPart(pathname: string, search: URLSearchParams): PartTarget | undefined {
  const [, encoded, folder, part] = PART.exec(pathname) ?? []
  const name = encoded === undefined ? undefined : decoded(encoded)
  if (name === undefined || folder === undefined) return undefined
  if (folder === 'timeline' || folder === 'flow' || folder === 'peek' || folder === 'activity') {
    return part === undefined ? { page: folder, name, search: SEARCHES[folder](search) } : undefined
  }
  const [page, key] = [KEYED[folder], part === undefined ? search.get('id') : decoded(part)]
  return page && key && isForeignId(key) ? { page, name, key } : undefined
}

/** A part of a path as text; nothing for one that is not encoded text, which nothing could be named. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

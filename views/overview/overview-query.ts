import { typedText } from '../../src/domain/events/plain-text.ts'
import { projectNameProblem, UNASSIGNED } from '../../src/domain/events/names.ts'
import { LIFECYCLES, PRIORITIES, type Lifecycle, type Priority } from '../../src/domain/registry/project-registry.ts'
import { ATTENTION_ORDER, type AttentionWord } from '../../src/domain/summary/attention.ts'

/** Orders besides the one by attention: what moved last, who waits longest, what began first, and by name. */
export const SORTS = ['last_event', 'waiting', 'age', 'name'] as const
export type Sort = (typeof SORTS)[number]

export type OverviewView = 'grid' | 'wall'

/** The overview's filters and view; all but the last used view come from the URL. */
export type OverviewQuery = {
  text?: string | undefined
  attention?: AttentionWord | undefined
  status?: Lifecycle | undefined
  priority?: Priority | undefined
  tag?: string | undefined
  sort?: Sort | undefined
  view?: OverviewView | undefined
  /** Pinned projects, which stand first. They are the reader's own, so no link carries them. */
  pins?: readonly string[] | undefined
  /** The past moment in the address; websockets have none. */
  at?: string | undefined
  page: number
}

/** As many topics as one socket may follow. */
const PROJECTS_PER_PAGE = 60
/** Readable from across a room, with the last hour in the twelfth place. */
const PROJECTS_PER_WALL = 11

export const pageSize = ({ view }: Pick<OverviewQuery, 'view'>): number => (view === 'wall' ? PROJECTS_PER_WALL : PROJECTS_PER_PAGE)

/** Reads the URL's filters; unknown values are ignored. */
export function parseOverviewQuery(params: URLSearchParams): OverviewQuery {
  const page = Number(params.get('page') ?? 1)
  return {
    text: words(params.get('q'), 200),
    attention: ATTENTION_ORDER.find((word) => word === params.get('attention')),
    status: LIFECYCLES.find((status) => status === params.get('status')),
    priority: PRIORITIES.find((priority) => priority === params.get('priority')),
    tag: words(params.get('tag'), 100),
    sort: SORTS.find((sort) => sort === params.get('sort')),
    view: params.get('tv') === '1' ? 'wall' : params.get('view') === 'grid' ? 'grid' : undefined,
    pins: parsePins(params.get('pins')),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  }
}

/** Projects that one reader can pin: what they are called must fit into a cookie, and into the address of a websocket. */
export const PINS_LIMIT = 20

/** Names between commas, as the cookie and the websocket's address hold them; what no project could be called is left out. */
export function parsePins(text: string | null | undefined): readonly string[] | undefined {
  const names = new Set((text ?? '').slice(0, 2_000).split(','))
  const pins = [...names].filter((name) => name === UNASSIGNED || projectNameProblem(name) === undefined).slice(0, PINS_LIMIT)
  return pins.length === 0 ? undefined : pins.toSorted()
}

function words(text: string | null, limit: number): string | undefined {
  return typedText(text ?? '', limit) || undefined
}

/** The query as the search part of a URL, `?` included; empty where nothing is narrowed. The same query gives the same text. */
export function overviewSearch(query: OverviewQuery): string {
  const params = new URLSearchParams()
  if (query.text) params.set('q', query.text)
  if (query.attention) params.set('attention', query.attention)
  if (query.status) params.set('status', query.status)
  if (query.priority) params.set('priority', query.priority)
  if (query.tag) params.set('tag', query.tag)
  if (query.sort) params.set('sort', query.sort)
  if (query.view === 'grid') params.set('view', 'grid')
  if (query.view === 'wall') params.set('tv', '1')
  if (query.pins) params.set('pins', query.pins.join(','))
  if (query.at) params.set('at', query.at)
  if (query.page > 1) params.set('page', String(query.page))
  const search = params.toString()
  return search === '' ? '' : `?${search}`
}

/** The overview's address with some filters changed; it begins at the first page unless a page is named. */
export function overviewHref(query: OverviewQuery, change: Partial<OverviewQuery> = {}): string {
  return `/${overviewSearch({ ...query, pins: undefined, page: 1, ...change })}`
}

export function isFiltered(query: OverviewQuery): boolean {
  return Boolean(query.text ?? query.attention ?? query.status ?? query.priority ?? query.tag)
}

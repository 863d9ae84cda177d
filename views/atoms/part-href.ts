/** A part of a project that has a page of its own: one of many (a story, an agent), or a view of the whole with what it asks for. */
export type PartTarget =
  { page: 'story' | 'agent'; name: string; key: string } | { page: 'timeline' | 'flow' | 'peek' | 'activity'; name: string; search: string }

const FOLDERS = { story: 'stories', agent: 'agents' } as const

/** The address of a project's page. */
export const projectHref = (project: string): string => `/projects/${encodeURIComponent(project)}`

/** The address of an event's page. */
export const eventHref = (project: string, offset: number): string => `${projectHref(project)}/events/${offset}`

/** The address of a story's page. */
export const storyHref = (name: string, key: string): string => partHref({ page: 'story', name, key })

/** The address of an agent's page. */
export const agentHref = (name: string, key: string): string => partHref({ page: 'agent', name, key })

/** The address of a part's page. `search` is empty or begins with a question mark. */
export function partHref(target: PartTarget): string {
  if ('search' in target) return `${projectHref(target.name)}/${target.page}${target.search}`
  const path = `${projectHref(target.name)}/${FOLDERS[target.page]}`
  // Browsers take the dots of a path away even where they are encoded: such an id is told beside the path.
  return /^\.{1,2}$/.test(target.key) ? `${path}?id=${target.key}` : `${path}/${encodeURIComponent(target.key)}`
}

/** An address as of an instant, ms since 1970. */
export const asOf = (href: string, at: number): string => atMoment(href, new Date(at).toISOString())

/** The address of a page at a moment, an offset or a time, beside now where that is asked for. */
export const momentHref = (href: string, at: string | number, isCompared: boolean): string =>
  `${atMoment(href, String(at))}${isCompared ? '&compare=now' : ''}`

/** An address at the moment that a page shows (its `?at=`, as it was asked for); undefined is the newest. */
export function atMoment(href: string, at: string | undefined): string {
  if (at === undefined) return href
  const [address, fragment] = href.split('#')
  return `${address}${href.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}${fragment === undefined ? '' : `#${fragment}`}`
}

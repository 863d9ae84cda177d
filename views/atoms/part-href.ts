/** The addresses of pages that fragments link to; the pages take theirs from here. */
export const ADDRESSES = {
  project: '/projects/:name',
  story: '/projects/:name/stories/:id',
  agent: '/projects/:name/agents/:id',
  event: '/projects/:name/events/:offset',
  activity: '/projects/:name/activity',
  chat: '/projects/:name/chat',
  timeline: '/projects/:name/timeline',
  flow: '/projects/:name/flow',
} as const

/** An address with what it names put in. `search` is empty or begins with a question mark. */
export function addressOf(pattern: string, names: Readonly<Record<string, string>>, search = ''): string {
  // Browsers resolve dots even if encoded, so such ids go into the query.
  if (/^\.{1,2}$/.test(names.id ?? '')) return `${addressOf(pattern.replace('/:id', ''), { ...names, id: '' })}?id=${names.id}`
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(names[name] ?? '')) + search
}

export const projectHref = (name: string): string => addressOf(ADDRESSES.project, { name })

export const eventHref = (name: string, offset: number): string => addressOf(ADDRESSES.event, { name, offset: String(offset) })

export const storyHref = (name: string, id: string): string => addressOf(ADDRESSES.story, { name, id })

export const agentHref = (name: string, id: string): string => addressOf(ADDRESSES.agent, { name, id })

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

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

type AddressNames = Readonly<Record<string, string>>

/** Writes addresses of a pattern, which is taken apart once: rows of every flush have several. `search` is empty or begins with a question mark. */
function openAddress(pattern: string) {
  const parts = pattern.split(/:(\w+)/)
  return (names: AddressNames, search = ''): string => {
    // Browsers resolve dots even if encoded, so such ids go into the query.
    if (names.id === '.' || names.id === '..') return `${addressOf(pattern.replace('/:id', ''), { ...names, id: '' })}?id=${names.id}`
    let address = ''
    parts.forEach((part, index) => (address += index % 2 === 0 ? part : encodeURIComponent(names[part] ?? '')))
    return address + search
  }
}

/** An address with what it names put in. */
export const addressOf = (pattern: string, names: AddressNames, search = ''): string => openAddress(pattern)(names, search)

const toProject = openAddress(ADDRESSES.project)
const toEvent = openAddress(ADDRESSES.event)
const toStory = openAddress(ADDRESSES.story)
const toAgent = openAddress(ADDRESSES.agent)

export const projectHref = (name: string): string => toProject({ name })

export const eventHref = (name: string, offset: number): string => toEvent({ name, offset: String(offset) })

export const storyHref = (name: string, id: string): string => toStory({ name, id })

export const agentHref = (name: string, id: string): string => toAgent({ name, id })

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

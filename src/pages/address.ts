/** What an address names: the project as `name`, and whatever else its pattern holds. */
export type Names = Readonly<Record<string, string>>

/** An id of a story or an agent may be one that no path can hold: then it stands in `?id=`. */
const BESIDE = /\/:id$/

/** The paths that a router has to know for a pattern. */
export const routesOf = (pattern: string): string[] => (BESIDE.test(pattern) ? [pattern, pattern.replace(BESIDE, '')] : [pattern])

/** What an address of this pattern names; undefined for another address, and for one that is not encoded text. */
export function namesIn(pattern: string, { pathname, searchParams }: URL): Names | undefined {
  const [wanted, asked] = [pattern.split('/'), pathname.split('/')]
  if (BESIDE.test(pattern) && asked.length === wanted.length - 1) asked.push(encodeURIComponent(searchParams.get('id') ?? ''))
  if (wanted.length !== asked.length) return undefined
  const names: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const text = decoded(asked[index] ?? '')
    if (!part.startsWith(':')) {
      if (part !== text) return undefined
    } else if (text) names[part.slice(1)] = text
    else return undefined
  }
  return names
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The same address with the project's name as it is written. */
export const underItsName = (address: string, name: string): string =>
  address.replace(/^\/projects\/[^/?]+/, `/projects/${encodeURIComponent(name)}`)

/** The address of a page's websocket, resuming where the page was rendered; `made` tells what from (see `madeFrom`). */
export function livePath(topic: string, since: string, made?: string): string {
  const from = made === undefined ? '' : `&made=${encodeURIComponent(made)}`
  return `/live${topic}${topic.includes('?') ? '&' : '?'}since=${encodeURIComponent(since)}${from}`
}

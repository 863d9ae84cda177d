export type Names = Readonly<Record<string, string>>

/** Ids that do not fit into a path stand in `?id=`. */
const BESIDE = /\/:id$/

/** The paths of a pattern for the router. */
export const routesOf = (pattern: string): string[] => (BESIDE.test(pattern) ? [pattern, pattern.replace(BESIDE, '')] : [pattern])

/** The names in an address of this pattern; undefined for another address, or one with broken encoding. */
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

/** The address with the registered spelling of the project. */
export const underItsName = (address: string, name: string): string =>
  address.replace(/^\/projects\/[^/?]+/, `/projects/${encodeURIComponent(name)}`)

/** The address of a page's websocket, with its position; `made` names what it was made from (see `madeFrom`). */
export function livePath(topic: string, since: string, made?: string): string {
  const from = made === undefined ? '' : `&made=${encodeURIComponent(made)}`
  return `/live${topic}${topic.includes('?') ? '&' : '?'}since=${encodeURIComponent(since)}${from}`
}

/** What makes one list of another: from `start` on, `removed` members go and `added` come. In order, for the list as it was. */
export type Splice = { start: number; removed: number; added: number[] }

/**
 * Few splices that make `is` of `was`: a member that stayed ends a splice. Not the shortest, but it looks at each member once, and
 * members that move change anyhow.
 */
export function splicesBetween(was: readonly number[], is: readonly number[]): Splice[] {
  const [head, tail] = sameEnds(was, is)
  const places = new Map<number, number>()
  for (let at = was.length - tail - 1; at >= head; at -= 1) places.set(was[at] ?? 0, at)
  const splices: Splice[] = []
  let [from, added]: [number, number[]] = [head, []]
  const close = (upTo: number) => {
    if (upTo > from || added.length > 0) splices.push({ start: from, removed: upTo - from, added })
    ;[from, added] = [upTo + 1, []]
  }
  for (const member of is.slice(head, is.length - tail)) {
    const place = places.get(member)
    if (place === undefined || place < from) added.push(member)
    else close(place)
  }
  close(was.length - tail)
  return splices
}

/** How many members both have at their beginnings and at their ends. */
function sameEnds(was: readonly number[], is: readonly number[]): [head: number, tail: number] {
  const shorter = Math.min(was.length, is.length)
  let [head, tail] = [0, 0]
  while (head < shorter && was[head] === is[head]) head += 1
  while (tail < shorter - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1
  return [head, tail]
}

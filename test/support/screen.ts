/** A page's HTML as a browser would hold it, without a browser: frames are put in place as htmx and the page's script do. */
export function openScreen(html: string) {
  let text = html

  function takePart(id: string, swap: string, inner: string) {
    const place = elementIn(text, id)
    // What is not on the page is not shown.
    if (!place) return
    const [from, to] = swap === 'innerMorph' ? [place.innerFrom, place.innerTo] : [place.from, place.to]
    text = text.slice(0, from) + withKept(inner, text) + text.slice(to)
  }

  function takeRows(list: string, rows: string) {
    const place = elementIn(text, list)
    if (!place) return
    const before = rowsOf(text.slice(place.innerFrom, place.innerTo))
    const all = new Map([...before, ...rowsOf(rows)])
    const sorted = [...all].toSorted(([one], [other]) => other - one).map(([, row]) => row)
    text = text.slice(0, place.innerFrom) + sorted.join('') + text.slice(place.innerTo)
  }

  return {
    take(content: string) {
      const parts =
        /<hx-partial (?:id="([^"]+)"|hx-target="#([^"]+)") hx-swap="(\w+)">([^]*?)<\/hx-partial>|<hx-upsert hx-target="#([^"]+)"[^>]*>([^]*?)<\/hx-upsert>/g
      for (const [, id, target, swap, inner, list, rows] of content.matchAll(parts)) {
        if (list !== undefined) takeRows(list, rows ?? '')
        else takePart(id ?? target ?? '', swap ?? '', inner ?? '')
      }
    },
    html: () => text,
  }
}

/** What an element holds, itself included; undefined where it is not there. */
export function partOf(html: string, id: string): string | undefined {
  const place = elementIn(html, id)
  return place && html.slice(place.from, place.to)
}

/** Members that come as stubs are those that stand on the page. */
const withKept = (inner: string, page: string): string =>
  inner.replace(/<(li|svg) id="([^"]+)" data-kept=""><\/\1>/g, (stub, _, id: string) => partOf(page, id) ?? stub)

function rowsOf(html: string): [number, string][] {
  const ids = [...html.matchAll(/<li id="([^"]+)"[^>]*data-offset="(\d+)"/g)]
  return ids.map(([, id = '', offset]) => [Number(offset), partOf(html, id) ?? ''])
}

/** Where an element begins and ends. Our views close what they open, so that counting its tags is enough. */
function elementIn(html: string, id: string) {
  const named = html.indexOf(` id="${id}"`)
  if (named < 0) return undefined
  const from = html.lastIndexOf('<', named)
  const innerFrom = html.indexOf('>', named) + 1
  const tag = /^<([\w-]+)/.exec(html.slice(from, named))?.[1] ?? ''
  const tags = new RegExp(`<(/?)${tag}(?=[\\s>])[^>]*>`, 'g')
  tags.lastIndex = innerFrom
  let depth = 1
  for (let found = tags.exec(html); found; found = tags.exec(html)) {
    depth += found[1] === '/' ? -1 : 1
    if (depth === 0) return { from, to: tags.lastIndex, innerFrom, innerTo: found.index }
  }
  throw new Error(`the element ${id} has no end`)
}

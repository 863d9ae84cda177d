/* The tape of a replay: which pieces make each section of the page at a moment, and how that comes on screen. */

/** From a kept place any other is this many moments away at most. */
const KEPT_EVERY = 512

/** A card, a line or a row, by its id. */
const MEMBER = /^<\w+ id="((?:cycle|agent|approval|event)-[^"]*)"/

const sameMembers = (one, other) => one.length === other.length && one.every((member, at) => member === other[at])

/** Text has one hole for each number that fills it: a shape is kept once for all pieces that differ in these alone. */
function openPieces(lines) {
  const shapes = lines.filter((line) => line.startsWith('"'))
  const pieces = lines.filter((line) => !line.startsWith('"'))
  return (piece) => {
    const [shape, ...holes] = JSON.parse(pieces[piece])
    return JSON.parse(shapes[shape]).replaceAll('\0', () => holes.shift())
  }
}

/**
 * Opens a tape: `pieces` are shapes and pieces as JSON, `moments` lines of `[ms since the one before, events, [section, start, removed,
 * …added], …]`. What the document shows is its end.
 */
export function openTape({ pieces: lines, moments, sections, from, offset: firstOffset, marks }) {
  const textOf = openPieces(lines)
  const instants = new Float64Array(moments.length)
  const offsets = new Float64Array(moments.length)
  let [instant, offset] = [from, firstOffset]
  for (const [at, [sinceMs, events]] of moments.entries()) {
    instants[at] = instant += sinceMs
    offsets[at] = offset += events
  }
  const kept = new Map()
  let lists = sections.map(() => [])
  let onScreen
  let here = -1

  function step() {
    here += 1
    for (const [section, start, removed, ...added] of moments[here].slice(2)) lists[section].splice(start, removed, ...added)
    if (here % KEPT_EVERY === 0 && !kept.has(here))
      kept.set(
        here,
        lists.map((list) => [...list]),
      )
  }

  function seek(place) {
    const nearest = place - (place % KEPT_EVERY)
    if ((place < here || nearest > here) && kept.has(nearest)) {
      lists = kept.get(nearest).map((list) => [...list])
      here = nearest
    }
    while (here < place) step()
  }

  function draw(isNear) {
    for (const [section, id] of sections.entries()) {
      const [was, is] = [onScreen[section], lists[section]]
      if (sameMembers(was, is)) continue
      const texts = is.map(textOf)
      replace(document.getElementById(id), texts.join(''))
      // As live: what an event changed is marked for a moment. A leap changes much, and marks nothing.
      const fresh = isNear ? texts.filter((_, at) => !was.includes(is[at])) : []
      for (const text of fresh) document.getElementById(MEMBER.exec(text)?.[1])?.classList.add('is-changed')
    }
  }

  const marked = marks.map(([place]) => place)
  return {
    length: moments.length,
    place: () => here,
    at: (place) => instants[place],
    offset: (place) => offsets[place],
    mark: (place) => marks.find(([at]) => at === place)?.[2],
    markBefore: (place) => marked.findLast((at) => at < place) ?? 0,
    markAfter: (place) => marked.find((at) => at > place) ?? moments.length - 1,
    show(place) {
      const isNear = place === here + 1
      seek(place)
      if (onScreen) draw(isNear)
      onScreen = lists.map((list) => [...list])
    },
  }
}

/** Puts a section in place; what the reader opened in it stays open, and focus stays where it was. */
function replace(before, html) {
  const open = [...before.querySelectorAll('details[open][id]')].map(({ id }) => id)
  const focused = before.contains(document.activeElement) ? document.activeElement.closest('[id]')?.id : undefined
  const template = document.createElement('template')
  template.innerHTML = html
  const fresh = template.content.firstElementChild
  for (const time of fresh.querySelectorAll('time:not([datetime])')) date(time)
  before.replaceWith(fresh)
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focused !== undefined) focusIn(document.getElementById(focused))
}

function date(time) {
  const exact = new Date(Number(time.dataset.since ?? time.dataset.clock)).toISOString()
  time.dateTime = exact
  time.title = `${exact.slice(0, 10)} ${exact.slice(11, 19)} UTC`
}

const focusIn = (element) => (element?.querySelector(':scope > summary') ?? element)?.focus({ preventScroll: true })

/*
 * The rows of the activity as a window on the log. The links above and below it say where the log goes on; while the upper one
 * is hidden, the window ends at the newest row, and frames add to it.
 */
const ROWS_AT_TOP = 100
const ROWS_MOST = 400
const POSITION = { older: 'before', newer: 'after' }

export const list = () => document.getElementById('activity-list')
export const linkTo = (name) => document.getElementById(`activity-${name}`)
const offsetOf = (row) => Number(row?.dataset.offset)
/** The reader has scrolled into the list: its top is out of sight. */
export const isReading = () => (list()?.getBoundingClientRect().top ?? 0) < 0
export const hasMore = (name) => linkTo(name)?.parentElement.hidden === false
/** The newest rows are not in the document. */
export const isAway = () => hasMore('newer')

/** Rows that frames brought while others are being fetched; `isBroken` where some are missing among them. */
let held
let lastRow = list()?.lastElementChild

export function beginHolding() {
  held = { rows: [], isBroken: false }
}

export function endHolding() {
  held = undefined
}

/** New rows may be missing: the window ends where it is. */
export function leaveNewest() {
  if (held) held.isBroken = true
  if (!isAway()) setEnd('newer', offsetOf(list().firstElementChild) || 0)
}

/** What is shown is all that is newest. */
export const reachNewest = () => setEnd('newer', undefined)

function setEnd(name, offset) {
  const link = linkTo(name)
  if (!link) return
  link.parentElement.hidden = offset === undefined
  if (offset === undefined) return
  const url = new URL(link.href)
  url.searchParams.set(POSITION[name], offset)
  link.href = url.href
}

function trimTop() {
  const rows = list()
  if (rows.childElementCount <= ROWS_MOST) return
  while (rows.childElementCount > ROWS_MOST) rows.firstElementChild.remove()
  setEnd('newer', offsetOf(rows.firstElementChild))
}

function trimBottom(limit) {
  const rows = list()
  while (rows.childElementCount > limit) rows.lastElementChild.remove()
}

/** What a frame added where the window does not end waits there, unseen. */
function putAside() {
  const rows = list()
  const end = Number(new URL(linkTo('newer').href).searchParams.get('after'))
  while (offsetOf(rows.firstElementChild) > end) {
    if (held && held.rows.length < ROWS_MOST) held.rows.push(rows.firstElementChild)
    else if (held) held.isBroken = true
    rows.firstElementChild.remove()
  }
}

/** After a frame: no more rows than somebody can need, and the way to older ones begins below the last of them. */
export function keepWindow() {
  if (!list()) return
  if (isAway()) putAside()
  else if (isReading()) trimTop()
  else trimBottom(ROWS_AT_TOP)
  endOlder()
}

function endOlder() {
  const last = list().lastElementChild
  if (last === lastRow) return
  lastRow = last
  // A row may stand below the window, a command that began long ago: then older ones are still found where they were.
  const place = hasMore('older') ? Number(new URL(linkTo('older').href).searchParams.get('before')) : 1
  if (offsetOf(last) > 1 && offsetOf(last) >= place) setEnd('older', offsetOf(last))
}

/** Adds a part at the end that it was asked for, and lets what is far away from there go. */
export function join(name, part) {
  const rows = part.rows.filter(({ id }) => !document.getElementById(id))
  if (name === 'older') {
    list().append(...rows)
    lastRow = list().lastElementChild
    setEnd('older', part.older)
    return trimTop()
  }
  list().prepend(...rows)
  endNewer(part.newer)
  trimBottom(ROWS_MOST)
  endOlder()
}

/** Where the window reaches the newest end, it goes on with what frames brought meanwhile, unless some of that is missing. */
function endNewer(offset) {
  const rows = list()
  const top = offsetOf(rows.firstElementChild) || 0
  if (offset !== undefined || held?.isBroken) return setEnd('newer', offset ?? top)
  const later = held.rows.filter((row) => offsetOf(row) > top)
  rows.prepend(...later.toSorted((one, other) => offsetOf(other) - offsetOf(one)))
  setEnd('newer', undefined)
}

/** Puts the newest part in place of what is there. */
export function renew(part) {
  list().replaceChildren(...part.rows)
  lastRow = list().lastElementChild
  setEnd('older', part.older)
  endNewer(part.newer)
}

/** The rows of a page, where its log ended (`head`; NaN for one that is not the newest), and where the log goes on above and below them. */
export function partOf(page) {
  const end = (name) => {
    const link = page.getElementById(`activity-${name}`)
    return link.parentElement.hidden ? undefined : new URLSearchParams(link.getAttribute('href').split('?')[1]).get(POSITION[name])
  }
  const rows = [...page.querySelectorAll('#activity-list > li')].map((row) => document.adoptNode(row))
  const since = new URLSearchParams(page.getElementById('page').dataset.live?.split('?')[1]).get('since')
  return { rows, older: end('older'), newer: end('newer'), head: Number(since?.split(':')[1]) }
}

/* What happened, as somebody scrolls: rows are fetched before they come into view, and new ones are counted while somebody reads. */
import {
  beginHolding,
  endHolding,
  hasMore,
  isAway,
  isReading,
  join,
  keepWindow,
  leaveNewest,
  linkTo,
  list,
  partOf,
  reachNewest,
  renew,
} from './activity-window.js'
import { fetchPage } from './build.js'
import { tickTimes, write } from './clock.js'
import { rememberLooks } from './highlight-changes.js'

/** Parts that are fetched in a row without a scroll: a search that finds little waits before it goes on. */
const TURNS = 10
/** Between two looks at the newest while more happens than frames can tell, and after one that failed. */
const AGAIN_MS = 500
const FAILED_MS = 3_000
const WORDS = { older: 'Older events', newer: 'Newer events' }

let unread = 0
let turns = 0
let isLoading = false
/** The reader asked for the newest. */
let isLeading = false
/** The reader came to the newest, and has not left it since. */
let isFollowing = !isAway()
let wasReading = false
/** At the top of what is newest: whatever arrives, the page goes on with it. */
const follows = () => isFollowing && !isReading()

/* --- fetching --- */

async function readPart(href) {
  const { response, document: page } = await fetchPage(href)
  if (!response.ok) throw new Error(String(response.status))
  return partOf(page)
}

/** One at a time; a link that failed says so, and is tried again when it is asked for. */
function load(name) {
  const { href } = linkTo(name)
  if (hasMore(name)) take(name, href, (part) => linkTo(name).href === href && join(name, part))
}

/** The newest part in place of what is there; what frames bring meanwhile is put on top of it. */
function loadNewest() {
  if (isLoading) return
  leaveNewest()
  hush()
  const url = new URL(linkTo('newer').href)
  url.searchParams.delete('after')
  take('newer', url.href, (part) => {
    renew(part)
    // Another worker answered, which has not heard of all yet.
    if (part.head < Number(gap())) leaveNewest()
  })
}

/** Who follows the newest is not asked to fetch it. */
function hush() {
  linkTo('newer')?.parentElement.toggleAttribute('data-quiet', follows())
}

/** Once more, as long as the reader stays: more happened meanwhile. */
const goOn = (isRead) => setTimeout(() => follows() && isAway() && loadNewest(), isRead ? AGAIN_MS : FAILED_MS)

function take(name, href, use) {
  if (isLoading) return
  isLoading = true
  beginHolding()
  linkTo(name).setAttribute('aria-busy', 'true')
  readPart(href)
    .then((part) => {
      use(part)
      rememberLooks()
      tickTimes()
    })
    .then(
      () => taken(name, true),
      () => taken(name, false),
    )
}

function taken(name, isRead) {
  const link = linkTo(name)
  write(link, isRead ? WORDS[name] : `${WORDS[name]} could not be loaded. Try again`)
  link.toggleAttribute('data-failed', !isRead)
  link.removeAttribute('aria-busy')
  endHolding()
  isLoading = false
  if (isLeading && isAway() && name === 'older') return loadNewest()
  if (isLeading) lead()
  settlePlace()
  if (follows() && isAway()) return goOn(isRead)
  if (isRead && ++turns < TURNS) look()
}

/** Whoever reaches the newest, or comes back up to the top, follows what is newest until they scroll into the list. */
function settlePlace() {
  const isBack = wasReading && !isReading()
  wasReading = isReading()
  isFollowing = !wasReading && (isFollowing || isBack || !isAway())
  if (unread > 0 && !isReading() && !isAway()) markRead()
  hush()
}

/** Fetches what is about to come into view. */
function look() {
  if (!list() || isLoading) return
  const { top, bottom } = list().getBoundingClientRect()
  if (scrollY > 0 && bottom < 2 * innerHeight && isWanted('older')) load('older')
  else if (!follows() && top > -innerHeight && isWanted('newer')) load('newer')
}

const isWanted = (name) => hasMore(name) && linkTo(name).dataset.failed === undefined

/* --- what is new --- */

/** Counts rows that come above what somebody reads, and leads to them. */
export function noteNew(events) {
  const button = document.getElementById('activity-new')
  if (!button || events === 0 || follows() || !(isReading() || isAway())) return
  unread += events
  button.hidden = false
  write(button, `${unread} new`)
}

function markRead() {
  unread = 0
  document.getElementById('activity-new').hidden = true
}

function showNewest() {
  isLeading = true
  if (isAway()) loadNewest()
  else lead()
}

/** To the newest row, once it is there. */
function lead() {
  isLeading = false
  isFollowing = true
  list().firstElementChild?.scrollIntoView({ block: 'center', behavior: 'instant' })
  if (!isAway()) markRead()
}

document.addEventListener('click', (event) => {
  if (event.target.closest('#activity-new')) return showNewest()
  const link = event.target.closest('#activity-older, #activity-newer')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  turns = 0
  load(link.id.slice('activity-'.length))
})

document.addEventListener(
  'scroll',
  () => {
    turns = 0
    settlePlace()
    if (follows() && isAway()) loadNewest()
    look()
  },
  { passive: true },
)

/* --- frames --- */

const epochIn = (since) => since?.split(':')[0]
const shownSince = new URLSearchParams(document.getElementById('page')?.dataset.live?.split('?')[1]).get('since')
let epoch = epochIn(shownSince)
let toldEpoch = epoch
let seenGap = gap()

document.addEventListener('frame:coming', ({ target, detail }) => {
  if (target.id === 'page') toldEpoch = epochIn(detail.since)
})

document.addEventListener('frame:shown', ({ target }) => {
  if (target.id !== 'page' || !list()) return
  if (toldEpoch !== epoch) reachNewest()
  epoch = toldEpoch
  keepWindow()
  if (gap() !== seenGap) missRows()
})

/** Told by a narrowed list where more happened at once than a frame could tell. */
function gap() {
  return document.getElementById('activity-gap')?.dataset.head
}

function missRows() {
  seenGap = gap()
  leaveNewest()
  if (follows()) loadNewest()
}

/** A list that comes whole, for a frame cannot tell all rows, waits as well while somebody reads. Another log's does not. */
function isKept({ oldNode }) {
  if (oldNode.id !== 'activity-list' || toldEpoch !== epoch || !(isReading() || isAway())) return false
  leaveNewest()
  return true
}

document.addEventListener('DOMContentLoaded', () =>
  globalThis.htmx?.registerExtension('activity', { htmx_before_morph_node: (_, detail) => !isKept(detail) }),
)

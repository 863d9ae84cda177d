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
import { tickTimes, write } from './clock.js'
import { remember } from './reading.js'

/** Parts that are fetched in a row without a scroll: a search that finds little waits before it goes on. */
const TURNS = 10
const WORDS = { older: 'Older events', newer: 'Newer events' }

let unread = 0
let turns = 0
let isLoading = false
/** The reader asked for the newest. */
let isLeading = false

/* --- fetching --- */

async function readPart(href) {
  const response = await fetch(href, { headers: { accept: 'text/html' } })
  if (!response.ok) throw new Error(String(response.status))
  return partOf(new DOMParser().parseFromString(await response.text(), 'text/html'))
}

/** One at a time; a link that failed says so, and is tried again when it is asked for. */
function load(name) {
  const { href } = linkTo(name)
  if (hasMore(name)) take(name, href, (part) => linkTo(name).href === href && join(name, part))
}

/** The newest part in place of what is there. */
function loadNewest() {
  const url = new URL(linkTo('newer').href)
  url.searchParams.delete('after')
  take('newer', url.href, renew)
}

function take(name, href, use) {
  if (isLoading) return
  isLoading = true
  beginHolding()
  linkTo(name).setAttribute('aria-busy', 'true')
  readPart(href)
    .then((part) => {
      use(part)
      remember()
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
  else if (!isReading() && !isAway()) markRead()
  if (isRead && ++turns < TURNS) look()
}

/** Fetches what is about to come into view. */
function look() {
  if (!list() || isLoading) return
  const { top, bottom } = list().getBoundingClientRect()
  if (scrollY > 0 && bottom < 2 * innerHeight && isWanted('older')) load('older')
  else if (top > -innerHeight && isWanted('newer')) load('newer')
}

const isWanted = (name) => hasMore(name) && linkTo(name).dataset.failed === undefined

/* --- what is new --- */

/** Counts rows that come above what somebody reads, and leads to them. */
export function noteNew(events) {
  const button = document.getElementById('activity-new')
  if (!button || events === 0 || !(isReading() || isAway())) return
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
  list().firstElementChild?.scrollIntoView({ block: 'center' })
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
    if (unread > 0 && !isReading() && !isAway()) markRead()
    look()
  },
  { passive: true },
)

/* --- frames --- */

const epochIn = (text) => /since=([^&]*)/.exec(text)?.[1]?.split(/:|%3A/)[0]
let epoch = epochIn(document.getElementById('page')?.getAttribute('hx-ws:connect') ?? '')
let toldEpoch = epoch
let seenGap = gap()

document.addEventListener('htmx:ws:before:message:incoming', ({ target, detail }) => {
  if (target.id === 'page') toldEpoch = /"since":"([^":]*):/.exec(detail.message.data)?.[1] ?? toldEpoch
})

document.addEventListener('htmx:ws:after:message:incoming', ({ target }) => {
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
  if (isReading() || isAway() || isLoading) leaveNewest()
  else loadNewest()
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

/*
 * What keeps a page current: frames come over the page's websocket, htmx puts their fragments in place, and this file
 * remembers where to resume, says whether the page is live, and keeps the reader's place.
 */
import { serverNow, setServerClock, tickTimes } from './clock.js'

/** The server sends something every 25 s at least; longer silence means that the network is gone. */
const SILENCE_MS = 60_000
const ROWS_AT_TOP = 100
const ROWS_WHILE_READING = 500
const MEMBERS = /<hx-partial id="((?:project|cycle|agent|approval)-[^"]+)"/g

const pill = document.getElementById('live')
const socketOf = new Map()
let state = pill?.dataset.state === 'connecting' ? 'connecting' : 'still'
let heardAt = Date.now()
let lastEventAt = Number(pill?.dataset.lastEventAt) || undefined
let missedWhilePaused = 0
let unread = 0

const isPage = (target) => target.id === 'page'

document.addEventListener('htmx:ws:after:connection', ({ target, detail }) => {
  socketOf.set(target, detail.connection)
  heardAt = Date.now()
  if (isPage(target) && state !== 'paused') show('live')
})

document.addEventListener('htmx:ws:close', ({ target, detail }) => {
  if (!isPage(target) || state === 'paused' || detail.reason !== 'closed') return
  show(detail.code >= 4000 || detail.code === 1008 ? 'ended' : 'reconnecting')
})

document.addEventListener('htmx:ws:before:message:incoming', (event) => {
  const { connection, message } = event.detail
  const frame = readFrame(message.data)
  if (!frame) return
  heardAt = Date.now()
  if (frame.now) setServerClock(frame.now)
  if (frame.content === undefined) return event.preventDefault()
  if (isPage(event.target)) {
    if (state === 'paused') {
      missedWhilePaused += frame.events
      show('paused')
      return event.preventDefault()
    }
    lastEventAt = frame.lastEventAt ?? lastEventAt
    show('live')
    noteUnread(frame)
  }
  resumeFrom(connection, frame.since)
  if (frame.content === '') event.preventDefault()
})

document.addEventListener('htmx:ws:after:message:incoming', ({ target, detail }) => {
  const frame = readFrame(detail.message.data)
  tickTimes()
  if (!isPage(target)) return showCounts()
  for (const [, id] of frame?.content.matchAll(MEMBERS) ?? []) mark(document.getElementById(id))
  trimRows()
})

function readFrame(text) {
  try {
    return JSON.parse(text)
  } catch {
    // Not one of our frames: htmx shows it as it is, or not at all.
    return undefined
  }
}

/** htmx opens a hidden tab's socket again without asking: the address itself has to say where to resume. */
function resumeFrom(connection, since) {
  const url = new URL(connection.url)
  url.searchParams.set('since', since)
  connection.url = url.href
}

const WORDS = { live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused', ended: 'Not live', connecting: 'Connecting' }

function show(next) {
  state = next
  if (!pill || !WORDS[next]) return
  pill.dataset.state = next
  write(document.getElementById('live-word'), WORDS[next])
  write(document.getElementById('live-detail'), detailOf(next))
  const button = document.getElementById('pause')
  if (button) button.setAttribute('aria-pressed', String(next === 'paused'))
}

function detailOf(next) {
  if (next === 'paused') return `, ${missedWhilePaused} new`
  if (next === 'ended') return ', load the page again'
  if (next === 'reconnecting') return `, showing ${new Date(heardAt).toLocaleTimeString([], { hour12: false })}`
  if (next !== 'live') return ''
  return lastEventAt === undefined ? ', no events yet' : `, ${age(serverNow() - lastEventAt)}`
}

function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`
}

/** Writes only what differs, so that a reader's selection and a screen reader stay undisturbed. */
function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text
}

/** Paused, the socket stays open to count what comes; going on resumes at the frame that was shown last. */
function togglePause() {
  if (state !== 'paused') {
    missedWhilePaused = 0
    return show('paused')
  }
  show('connecting')
  socketOf.get(document.getElementById('page'))?.socket?.close()
}

function mark(element) {
  if (!element) return
  element.classList.remove('is-changed')
  requestAnimationFrame(() => element.classList.add('is-changed'))
}

/** The tab's title carries how many projects need a person; the live region says it when it changes. */
function showCounts() {
  const counts = document.getElementById('counts')
  const waiting = Number(counts?.dataset.needsYou ?? 0)
  const title = document.title.replace(/^\(\d+\) /, '')
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title
  const attention = new URLSearchParams(location.search).get('attention')
  for (const link of counts?.querySelectorAll('a') ?? []) {
    if (attention !== null && link.search.includes(`attention=${attention}`)) link.setAttribute('aria-current', 'true')
  }
  const words = waiting === 1 ? '1 project needs you' : `${waiting} projects need you`
  write(document.getElementById('announcements'), waiting === 0 ? 'Nothing needs you' : words)
}

const list = () => document.getElementById('activity-list')
/** The reader has scrolled into the list: its top is out of sight. */
const isReading = () => (list()?.getBoundingClientRect().top ?? 0) < 0

function noteUnread(frame) {
  const button = document.getElementById('activity-new')
  if (!button || frame.events === 0 || !isReading()) return
  unread += frame.events
  button.hidden = false
  write(button, `${unread} new`)
}

function markRead() {
  unread = 0
  const button = document.getElementById('activity-new')
  if (button) button.hidden = true
}

/** Old rows leave at the end; while somebody reads among them, more may stay. */
function trimRows() {
  const rows = list()
  const limit = isReading() ? ROWS_WHILE_READING : ROWS_AT_TOP
  while (rows && rows.childElementCount > limit) rows.lastElementChild.remove()
}

document.addEventListener('click', ({ target }) => {
  if (target.closest('#pause')) togglePause()
  if (target.closest('#activity-new')) {
    list()?.firstElementChild?.scrollIntoView({ block: 'center' })
    markRead()
  }
})
document.addEventListener('scroll', () => unread > 0 && !isReading() && markRead(), { passive: true })

setInterval(() => {
  if (state === 'live') show('live')
  const isSilent = Date.now() - heardAt > SILENCE_MS
  if (!isSilent || document.hidden) return
  heardAt = Date.now()
  for (const connection of socketOf.values()) connection.socket?.close()
}, 1_000)

/*
 * What keeps a page current: frames come over the page's websocket, htmx puts their fragments in place, and this file
 * remembers where to resume and says whether the page is live.
 */
import { noteNew } from './activity.js'
import { clockText, serverNow, setServerClock, tickTimes, write } from './clock.js'
import { settle, showCounts } from './reading.js'
import { relativeTime } from '../views/relative-time.ts'

const page = document.getElementById('page')
const pill = document.getElementById('live')
/** The websockets of this document, by their element; each with the socket of its last attempt and when that one spoke. */
const lines = new Map()
let state = 'still'
/** What a close code asks of the reader. */
let advice = ''
/** The server's instant at which what is on screen was true. */
let currentAt = Number(pill?.dataset.renderedAt)
let lastEventAt = Number(pill?.dataset.lastEventAt) || undefined
let missed = 0
/** Why the server itself is behind: `kind` is log, bus or part, `since` the server's instant; null while it is not. */
let trouble = readTrouble()

document.addEventListener('htmx:ws:before:connection', ({ target, detail }) => lineOf(target, detail))

document.addEventListener('htmx:ws:after:connection', ({ target, detail }) => {
  lineOf(target, detail).isFresh = true
})

/** The socket of the counts, which go on while the rest is paused. */
const isAttention = (element) => element.dataset.attentionSocket !== undefined

/** Whatever is heard of first: a connection that was made before this file ran is as good as any other. */
function lineOf(element, { connection }) {
  const known = lines.get(element)
  if (known?.connection === connection) return known
  const line = { connection, heardAt: Date.now(), isFresh: true }
  lines.set(element, line)
  return line
}

document.addEventListener('htmx:ws:close', ({ target, detail }) => {
  if (detail.reason === 'removed') return lines.delete(target)
  if (target !== page || detail.reason !== 'closed') return
  if (!detail.connection.config.reconnectCodes.includes(detail.code)) {
    advice = detail.code === 4401 ? 'sign in again' : 'load the page again'
    show('ended')
  } else if (state !== 'paused') show('reconnecting')
})

document.addEventListener('htmx:ws:before:message:incoming', (event) => {
  const frame = readFrame(event.detail.message.data)
  if (!frame) return
  const line = lineOf(event.target, event.detail)
  line.heardAt = Date.now()
  setServerClock(frame.now)
  if (event.target === page) hearTrouble(frame, line)
  const isShown = event.target === page ? takeFrame(frame, line) : state !== 'paused' || isAttention(event.target)
  if (frame.content === undefined) return event.preventDefault()
  line.isFresh = false
  if (isShown) resumeFrom(line.connection, frame)
  if (!isShown || frame.content === '') event.preventDefault()
})

document.addEventListener('htmx:ws:after:message:incoming', ({ target, detail }) => {
  tickTimes()
  if (!isAttention(target)) settle(readFrame(detail.message.data)?.content ?? '')
  else showCounts()
})

function readTrouble() {
  const { trouble: kind, troubleSince, troubleProjects } = pill?.dataset ?? {}
  return kind ? { kind, since: Number(troubleSince), projects: Number(troubleProjects) } : null
}

const hasTrouble = (frame) => frame.trouble !== undefined

/** A connection's first frame tells of trouble only where there is some. What changes is said once, to ears too. */
function hearTrouble(frame, { isFresh }) {
  const now = hasTrouble(frame) ? frame.trouble : isFresh && frame.content !== undefined ? null : trouble
  if (now?.kind !== trouble?.kind) write(document.getElementById('announcements'), now ? TROUBLE[now.kind] : 'The page is live again')
  trouble = now
}

/** What the page is while its connection stands and nobody paused it. */
const stateNow = () => (trouble ? `trouble-${trouble.kind}` : 'live')
const isLive = () => state === 'live' || state.startsWith('trouble')

/** Takes in what a frame says of the page itself; false while it is paused, when its fragments are not shown. */
function takeFrame({ now, content, events, ...frame }, { isFresh }) {
  if (state === 'paused') {
    // The first frame of a connection tells of everything since what is shown, later ones of what came with them.
    if (content !== undefined) missed = isFresh ? events : missed + events
    show('paused')
    return false
  }
  if (content === undefined && !isLive() && !hasTrouble(frame)) return true
  if (trouble?.kind !== 'log') currentAt = now
  lastEventAt = frame.lastEventAt ?? lastEventAt
  show(stateNow())
  if (events > 0) noteNew(events)
  return true
}

function readFrame(text) {
  try {
    return JSON.parse(text)
  } catch {
    // Not one of our frames: htmx shows it as it is, or not at all.
    return undefined
  }
}

/** htmx opens a hidden tab's socket again without asking: the address itself has to say where to resume. */
function resumeFrom(connection, { since, made }) {
  const url = new URL(connection.url)
  url.searchParams.set('since', since)
  if (made !== undefined) url.searchParams.set('made', made)
  connection.url = url.href
}

/** Members of a list that did not change come as stubs (views/fragments/kept.tsx): they stay as they are, at their place. */
document.addEventListener('DOMContentLoaded', () =>
  globalThis.htmx?.registerExtension('kept', {
    htmx_before_morph_node: (_, { newNode }) => newNode.dataset?.kept === undefined,
  }),
)

const TROUBLE = { log: 'The event log is away', bus: 'Updates may be some seconds late', part: 'Partly live' }
const WORDS = {
  'trouble-log': TROUBLE.log,
  'trouble-bus': TROUBLE.bus,
  'trouble-part': TROUBLE.part,
  live: 'Live',
  reconnecting: 'Reconnecting',
  paused: 'Paused',
  ended: 'Not live',
}

function show(next) {
  state = next
  pill.dataset.state = next
  write(document.getElementById('live-word'), WORDS[next])
  const detail = detailOf(next)
  write(document.getElementById('live-detail'), detail && `, ${detail}`)
  document.getElementById('pause')?.setAttribute('aria-pressed', String(next === 'paused'))
}

function detailOf(next) {
  if (next === 'paused') return `${missed} new`
  if (next === 'ended') return advice
  if (next === 'reconnecting') return `showing ${clockText(currentAt)}`
  if (next === 'trouble-log') return `showing ${clockText(Math.min(currentAt, trouble.since))}`
  if (next === 'trouble-bus') return ''
  if (next === 'trouble-part') return `${trouble.projects} ${trouble.projects === 1 ? 'project' : 'projects'} away`
  return lastEventAt === undefined ? 'no events yet' : relativeTime(lastEventAt, serverNow())
}

/** Paused, the socket stays open to count what comes; going on resumes at the frame that was shown last. */
function togglePause() {
  missed = 0
  if (isLive() || state === 'reconnecting') return show('paused')
  if (state !== 'paused') return
  show('reconnecting')
  for (const [element, line] of lines) if (!isAttention(element)) giveUp(line)
}

/**
 * Ends an attempt without waiting for the other side: where the network is gone, no farewell would ever come. htmx takes
 * the event for the socket's own, and tries again.
 */
function giveUp(line) {
  line.lost = line.socket
  line.connection.socket?.dispatchEvent(new CloseEvent('close', { code: 1006 }))
}

/** The server says something at least every so often: longer silence means that the network is gone. */
function isSilent({ connection, heardAt, lost }) {
  const limitMs = Number(document.body.dataset.silenceSeconds) * 1_000
  return connection.socket !== lost && connection.socket?.readyState <= WebSocket.OPEN && Date.now() - heardAt > limitMs
}

document.addEventListener('click', ({ target }) => target.closest('#pause') && togglePause())

setInterval(() => {
  if (isLive()) show(stateNow())
  for (const line of lines.values()) {
    if (line.socket !== line.connection.socket) Object.assign(line, { socket: line.connection.socket, heardAt: Date.now() })
    if (isSilent(line)) giveUp(line)
  }
}, 1_000)

/*
 * What keeps a page current: frames come over the page's websockets, htmx puts their fragments in place, and this file remembers
 * where to resume and says whether the page is live. It is when all of its websockets are.
 */
import { noteNew } from './activity.js'
import { isOwnBuild, leaveOutdated, leaveSignedOut, mayStay } from './build.js'
import { clockText, serverNow, setServerClock, tickTimes, write } from './clock.js'
import { allLines, lineOf, watchLines } from './lines.js'
import { highlightChanges, showCounts } from './highlight-changes.js'
import { relativeTime } from '../views/atoms/relative-time.ts'

const page = document.getElementById('page')
const pill = document.getElementById('live')
let isPaused = false
let hasBeenLive = false
/** The server's instant at which what is on screen was true. */
let currentAt = Number(pill?.dataset.renderedAt)
let lastEventAt = Number(pill?.dataset.lastEventAt) || undefined
let missed = 0
/** Why the server itself is behind: `kind` is log, bus or part, `since` the server's instant; null while it is not. */
let trouble = readTrouble()

watchLines({ hear, changed: show })

/** The socket of the counts, which go on while the rest is paused. */
const isAttention = (element) => element.dataset.attentionSocket !== undefined

/** Takes a frame in; resolves when it is on screen. */
async function hear(line, element, frame, isFirst) {
  setServerClock(frame.now)
  if (frame.build !== undefined) hearBuild(line, frame.build)
  if (line.isOfOther) return
  if (element === page) hearTrouble(frame, isFirst)
  const isShown = element === page ? takeFrame(frame, { line, isFirst }) : !isPaused || isAttention(element)
  if (!isShown || frame.content === undefined) return
  if (frame.content !== '') await put(element, frame)
  line.resumeFrom(frame)
}

async function put(element, frame) {
  const tell = (name) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: frame }))
  tell('frame:coming')
  await htmx.swap({ sourceElement: element, target: element, text: frame.content, swap: 'none', transition: false })
  tickTimes()
  if (isAttention(element)) showCounts()
  else highlightChanges(frame.content)
  tell('frame:shown')
}

/** What another build sends belongs to another script and another style. */
function hearBuild(line, build) {
  line.isOfOther = !isOwnBuild(build)
  if (!line.isOfOther) mayStay()
}

function readTrouble() {
  const { trouble: kind, troubleSince, troubleProjects } = pill?.dataset ?? {}
  return kind ? { kind, since: Number(troubleSince), projects: Number(troubleProjects) } : null
}

const hasTrouble = (frame) => frame.trouble !== undefined

/** A connection's first frame tells of trouble only where there is some. What changes is said once, to ears too. */
function hearTrouble(frame, isFirst) {
  const now = hasTrouble(frame) ? frame.trouble : isFirst && frame.content !== undefined ? null : trouble
  if (now?.kind !== trouble?.kind) write(document.getElementById('announcements'), now ? TROUBLE[now.kind] : 'The page is live again')
  trouble = now
}

/** Takes in what a frame says of the page itself; false while it is paused, when its fragments are not shown. */
function takeFrame({ now, content, events, ...frame }, { line, isFirst }) {
  if (isPaused) {
    // The first frame of a connection tells of everything since what is shown, later ones of what came with them.
    if (content !== undefined) missed = isFirst ? events : missed + events
    show()
    return false
  }
  if (content === undefined && line.state !== 'live' && !hasTrouble(frame)) return true
  if (trouble?.kind !== 'log') currentAt = now
  lastEventAt = frame.lastEventAt ?? lastEventAt
  show()
  if (events > 0) noteNew(events)
  return true
}

/** Members of a list that did not change come as stubs (views/atoms/unchanged-stub.tsx): they stay as they are, at their place. */
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
  full: 'Service is full',
  outdated: 'New version',
  paused: 'Paused',
  ended: 'Not live',
}

/** The server says something every few seconds: longer silence is said, and after twice as long the network is taken for gone. */
const silenceMs = () => Number(document.body.dataset.silenceSeconds) * 1_000
const longestSilenceMs = () => Math.max(0, ...allLines().map((line) => line.silentMs()))

/** The session ended, or was ended elsewhere. */
const isSignedOut = () => allLines().some(({ state, code }) => state === 'ended' && code === 4401)

const isOutdated = () => allLines().some(({ isOfOther }) => isOfOther)

/** Whether the page can be trusted, the worst first; undefined before that is known for the first time. */
function stateNow() {
  const lines = allLines()
  const isAny = (state) => lines.some((line) => line.state === state)
  if (isPaused) return 'paused'
  if (isAny('ended')) return 'ended'
  if (isOutdated()) return 'outdated'
  if (isAny('full')) return 'full'
  if (isAny('trying') || isAny('resting')) return hasBeenLive || lines.some(({ hasFailed }) => hasFailed) ? 'reconnecting' : undefined
  if (longestSilenceMs() >= silenceMs()) return 'silent'
  hasBeenLive = true
  return trouble ? `trouble-${trouble.kind}` : 'live'
}

/** A page without a websocket of its own says as of when it is, and goes on saying so. */
function show() {
  const next = stateNow()
  leaveOutdated({ isOutdated: isOutdated(), isPaused })
  if (isSignedOut()) leaveSignedOut()
  if (!lineOf(page) || next === undefined) return
  pill.dataset.state = next
  const detail = detailOf(next)
  write(document.getElementById('live-word'), WORDS[next] ?? `No sign for ${Math.floor(longestSilenceMs() / 1_000)} s`)
  write(document.getElementById('live-detail'), detail && `, ${detail}`)
  document.getElementById('pause')?.setAttribute('aria-pressed', String(next === 'paused'))
}

function detailOf(next) {
  if (next === 'paused') return `${missed} new`
  if (next === 'ended') return isSignedOut() ? 'sign in again' : 'load the page again'
  if (next === 'trouble-log') return `showing ${clockText(Math.min(currentAt, trouble.since))}`
  if (next === 'trouble-bus' || next === 'silent') return ''
  if (next === 'trouble-part') return `${trouble.projects} ${trouble.projects === 1 ? 'project' : 'projects'} away`
  if (next !== 'live') return `showing ${clockText(currentAt)}`
  return lastEventAt === undefined ? 'no events yet' : relativeTime(lastEventAt, serverNow())
}

/** Paused, the socket stays open to count what comes; going on resumes at the frame that was shown last. */
function togglePause() {
  const { state } = pill.dataset
  if (!isPaused && (state === 'ended' || state === 'connecting')) return
  missed = 0
  isPaused = !isPaused
  show()
  if (!isPaused) for (const element of document.querySelectorAll('[data-live]')) if (!isAttention(element)) lineOf(element)?.redial()
}

document.addEventListener('click', ({ target }) => target.closest('#pause') && togglePause())

setInterval(() => {
  for (const line of allLines()) if (line.state === 'live' && line.silentMs() > 2 * silenceMs()) line.lose()
  show()
}, 1_000)

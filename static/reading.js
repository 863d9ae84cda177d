/* Keeps the reader's place while the page changes: says what is new, marks what changed, lets old rows go. */
import { write } from './clock.js'

const ROWS_AT_TOP = 100
const ROWS_WHILE_READING = 500
const MEMBERS = '.row, .tile, .cycle, .agent, .approval, .event'
const SENT = /<hx-partial id="((?:project|cycle|agent|approval)-[^"]+)"/g

const list = () => document.getElementById('activity-list')
/** Lists of events that go on growing: that of the page, and of a story or an agent. */
const growing = () => document.querySelectorAll('#activity-list, #part-event-list')
/** The reader has scrolled into the list: its top is out of sight. */
const isReading = () => (list()?.getBoundingClientRect().top ?? 0) < 0

let unread = 0
let looks = looksNow()
let needsYou = document.getElementById('counts')?.dataset.needsYou

/** How each member stands: another look means that something happened to it, wherever it was sent. */
function looksNow() {
  return new Map([...document.querySelectorAll(MEMBERS)].map((member) => [member.id, lookOf(member)]))
}

function lookOf(member) {
  const phase = member.querySelector('.marks')?.title
  return `${member.className.replace(' is-changed', '')} ${member.dataset.attention} ${phase}`
}

/** What stands on the page now is no news, wherever it came from. */
export function remember() {
  looks = looksNow()
}

/** After a frame: marks for a moment what it changed. Old rows leave at the end; while somebody reads, more may stay. */
export function settle(content) {
  const before = looks
  remember()
  for (const [, id] of content.matchAll(SENT)) mark(document.getElementById(id))
  for (const [id, look] of looks) if (before.get(id) !== look) mark(document.getElementById(id))
  const limit = isReading() ? ROWS_WHILE_READING : ROWS_AT_TOP
  for (const rows of growing()) while (rows.childElementCount > limit) dropLast(rows)
}

/** What left is older than what is there: the way to older events begins below that. */
function dropLast(rows) {
  rows.lastElementChild.remove()
  const older = rows.parentElement.querySelector('#activity-older')
  if (!older) return
  const url = new URL(older.href)
  url.searchParams.set('before', rows.lastElementChild.dataset.offset)
  older.href = url.href
  older.parentElement.hidden = false
}

function mark(element) {
  if (!element) return
  element.classList.remove('is-changed')
  requestAnimationFrame(() => element.classList.add('is-changed'))
}

/** Counts rows that come above what somebody reads, and leads to them. */
export function noteNew(events) {
  const button = document.getElementById('activity-new')
  if (!button || !isReading()) return
  unread += events
  button.hidden = false
  write(button, `${unread} new`)
}

function markRead() {
  unread = 0
  document.getElementById('activity-new').hidden = true
}

document.addEventListener('click', ({ target }) => {
  if (!target.closest('#activity-new')) return
  list().firstElementChild?.scrollIntoView({ block: 'center' })
  markRead()
})
document.addEventListener('scroll', () => unread > 0 && !isReading() && markRead(), { passive: true })

/** The tab's title carries how many projects need a person; the live region says it when it changes. */
export function showCounts() {
  const counts = document.getElementById('counts')
  const title = document.title.replace(/^\(\d+\) /, '')
  const waiting = Number(counts.dataset.needsYou)
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title
  showCurrent(counts)
  if (counts.dataset.needsYou === needsYou) return
  needsYou = counts.dataset.needsYou
  const words = waiting === 1 ? '1 project needs you' : `${waiting} projects need you`
  write(document.getElementById('announcements'), waiting === 0 ? 'Nothing needs you' : words)
}

/** The counts are the same for everybody; which of them filters this page, its address says. */
function showCurrent(counts) {
  const attention = new URLSearchParams(location.search).get('attention')
  for (const link of counts.querySelectorAll('a')) {
    if (new URL(link.href).searchParams.get('attention') !== attention || attention === null) continue
    link.setAttribute('aria-current', 'true')
    link.setAttribute('href', '/')
  }
}

/* Keeps the reader's place while the page changes: marks what changed, lets old rows go, says how many need somebody. */
import { write } from './clock.js'

/** Of the list of a story or an agent. */
const PART_ROWS = 500
const MEMBERS = '.row, .tile, .cycle, .agent, .approval, .event'
const SENT = /<hx-partial id="((?:project|cycle|agent|approval)-[^"]+)"/g

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
export function rememberLooks() {
  looks = looksNow()
}

/** After a frame: marks for a moment what it changed. Old rows of a part leave at the end. */
export function highlightChanges(content) {
  const before = looks
  rememberLooks()
  for (const [, id] of content.matchAll(SENT)) mark(document.getElementById(id))
  for (const [id, look] of looks) if (before.get(id) !== look) mark(document.getElementById(id))
  const rows = document.getElementById('part-event-list')
  while (rows?.childElementCount > PART_ROWS) rows.lastElementChild.remove()
}

function mark(element) {
  if (!element) return
  element.classList.remove('is-changed')
  requestAnimationFrame(() => element.classList.add('is-changed'))
}

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

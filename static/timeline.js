/* The timeline: bars grow by the page's clock, times stand in the reader's zone, each bar tells what it is on hover and on focus. */
import { fetchPage } from './build.js'
import { serverNow, write, zone } from './clock.js'
import { relativeTime } from '../views/atoms/relative-time.ts'

const GROWING = new Set(['live', 'trouble-bus', 'trouble-part'])
/** Percent: less is no pixel. */
const SEEN = 0.04
/** Where now stands at the most: what is older moves out on the left. */
const EDGE = 99
/** So much of the picture may move out before it is drawn anew: its right side has no times then. */
const SHIFT_MOST = 40
const STATED = /((\d{4}-\d\d-\d\d) )?\d\d:\d\d:\d\d( to ((\d{4}-\d\d-\d\d) )?\d\d:\d\d:\d\d)? UTC/

const all = (selector) => [...document.querySelectorAll(`#timeline ${selector}`)]

/** The page that this document was loaded as: a detail beside it has an address of its own (static/panel.js). */
const own = new URL(location.href)

let grownTo = 0
let told
let toldBefore

/* --- growth --- */

/** Where now is, in percent; undefined for a picture that stands still. */
function placeOfNow() {
  const { start, place, speed } = document.querySelector('.timeline__picture')?.dataset ?? {}
  return speed === undefined ? undefined : Number(place) + (serverNow() - Number(start)) * Number(speed)
}

function grow() {
  const state = document.getElementById('live')?.dataset.state
  const now = placeOfNow()
  if (now === undefined || document.hidden || !GROWING.has(state)) return
  if (now - EDGE > SHIFT_MOST) return moveOn()
  if (Math.abs(now - grownTo) < SEEN) return
  grownTo = now
  shift(now - EDGE)
  for (const bar of all('[data-grows]')) {
    bar.setAttribute('width', `${Math.max(0.25, now - Number(bar.dataset.grows)).toFixed(2)}%`)
  }
  const line = document.getElementById('timeline-now')
  for (const side of ['x1', 'x2']) line?.setAttribute(side, `${now.toFixed(2)}%`)
  document.getElementById('timeline-now-word')?.setAttribute('x', `${now.toFixed(2)}%`)
}

function shift(percent) {
  const picture = document.querySelector('.timeline__picture')
  picture.classList.toggle('is-shifted', percent > 0)
  picture.style.setProperty('--shift', `${Math.max(0, percent).toFixed(2)}%`)
}

let isMoving = false
/** Nothing happened for long: the picture is drawn anew from where it is now. */
function moveOn() {
  if (isMoving) return
  isMoving = true
  const over = () => (isMoving = false)
  // Where nobody answers, the pill says so, and the next second asks again.
  drawAnew().then(settle).then(over, over)
}

async function drawAnew() {
  const { document: page } = await fetchPage(own.pathname + own.search)
  const [shown, fresh] = [document, page].map((one) => one.getElementById('timeline'))
  if (!fresh) throw new Error(page.querySelector('h1')?.textContent ?? 'the timeline is not there')
  await htmx.swap({ sourceElement: shown, target: shown, text: fresh.outerHTML, swap: 'outerMorph' })
}

/* --- times --- */

function writeTicks() {
  for (const tick of all('[data-tick]')) {
    const at = new Date(Number(tick.dataset.tick))
    const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone() })
    const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...zone() })
    // Midnight somewhere is another hour elsewhere.
    if (tick.dataset.day === undefined) write(tick, time)
    else write(tick, time === '00:00' ? day : `${day} ${time}`)
  }
}

/** What a bar's title says, in the reader's zone, and for how long what goes on has gone on. */
function wordsOf(bar) {
  const title = bar.querySelector('title').textContent
  const [from, to] = [Number(bar.dataset.from), bar.dataset.to]
  const day = / \d{4}-\d\d-\d\d \d/.test(title)
  const clock = (at) =>
    new Date(at).toLocaleTimeString([], { hourCycle: 'h23', ...(day ? { day: 'numeric', month: 'short' } : {}), ...zone() })
  const span = to === undefined || Number(to) === from ? clock(from) : `${clock(from)} to ${clock(Number(to))}`
  const said = title.replace(STATED, span)
  return to === undefined ? said.replace(`since ${span}`, `${relativeTime(from, serverNow(), 'waiting')} so far, since ${span}`) : said
}

/* --- details --- */

function tell(bar) {
  const detail = document.getElementById('timeline-detail')
  if (!bar?.isConnected || !detail) return
  for (const other of all('.stay.is-told')) if (other !== bar) other.classList.remove('is-told')
  bar.classList.add('is-told')
  told = bar.id
  write(detail.querySelector('[data-detail-text]'), wordsOf(bar))
  const then = `?at=${encodeURIComponent(new Date(Number(bar.dataset.from)).toISOString())}`
  lead(detail, 'detailOpen', bar.getAttribute('href'))
  lead(detail, 'detailThen', own.pathname.replace(/\/timeline$/, '') + then)
}

const LINKS = { detailOpen: 'Open', detailThen: 'Project then' }

/** A link of the detail line, which stays the same element: somebody may have come to it by keys. */
function lead(detail, name, href) {
  const known = [...detail.querySelectorAll('a')].find(({ dataset }) => name in dataset)
  const link = known ?? detail.appendChild(Object.assign(document.createElement('a'), { textContent: LINKS[name] }))
  link.dataset[name] = ''
  link.setAttribute('href', href)
}

const barAt = ({ target }) => target.closest?.('#timeline .stay')

document.addEventListener('pointerover', (event) => event.pointerType !== 'touch' && barAt(event) && tell(barAt(event)))
document.addEventListener('focusin', (event) => barAt(event) && enter(barAt(event)))
/** A first touch tells, a second one opens. A touch moves the focus before it clicks. */
document.addEventListener('pointerdown', () => (toldBefore = told))
document.addEventListener('click', (event) => {
  const bar = barAt(event)
  if (!bar || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  enter(bar)
  // By a link of the page, which may open beside the picture; one within a drawing may not.
  if (event.pointerType !== 'touch' || toldBefore === bar.id) document.querySelector('[data-detail-open]')?.click()
})

/* --- keys: one bar is in the order of tabs, arrows lead to the others --- */

function enter(bar) {
  for (const other of all('.stay[tabindex="0"]')) if (other !== bar) other.setAttribute('tabindex', '-1')
  bar.setAttribute('tabindex', '0')
  tell(bar)
}

document.addEventListener('keydown', (event) => {
  const bar = barAt(event)
  if (!bar || event.ctrlKey || event.metaKey || event.altKey) return
  const next = neighbour(bar, event.key)
  if (next === undefined) return
  event.preventDefault()
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
})

/** The bar that a key leads to; null where there is none, undefined for keys that lead nowhere. */
function neighbour(bar, key) {
  const lane = bar.closest('.lane')
  const row = [...lane.querySelectorAll('.stay')].toSorted((one, other) => one.dataset.from - other.dataset.from)
  const index = row.indexOf(bar)
  if (key === 'ArrowLeft') return row[index - 1] ?? null
  if (key === 'ArrowRight') return row[index + 1] ?? null
  if (key === 'Home') return row[0]
  if (key === 'End') return row.at(-1)
  if (key === 'ArrowUp' || key === 'ArrowDown') return nearest(bar, key === 'ArrowUp' ? 'previousElementSibling' : 'nextElementSibling')
  return undefined
}

function nearest(bar, direction) {
  const middle = (one) => one.getBoundingClientRect().left + one.getBoundingClientRect().width / 2
  let lane = bar.closest('.lane')[direction]
  while (lane && !lane.querySelector('.stay')) lane = lane[direction]
  if (!lane) return null
  return [...lane.querySelectorAll('.stay')].toSorted(
    (one, other) => Math.abs(middle(one) - middle(bar)) - Math.abs(middle(other) - middle(bar)),
  )[0]
}

/* --- after a frame --- */

/** What a frame brought knows nothing of what this page had grown to, told and entered. */
function settle() {
  grownTo = 0
  grow()
  writeTicks()
  const entered = all('.stay[tabindex="0"]')
  const keep =
    entered.find((bar) => bar === document.activeElement) ?? entered.find(({ id }) => id === told) ?? entered[0] ?? all('.stay')[0]
  for (const bar of entered) if (bar !== keep) bar.setAttribute('tabindex', '-1')
  keep?.setAttribute('tabindex', '0')
  if (told) tell(document.getElementById(told))
}

document.addEventListener('frame:shown', ({ target }) => target.id === 'page' && settle())
document.addEventListener('page:shown', settle)
document.addEventListener('click', ({ target }) => target.closest('[data-utc-toggle]') && queueMicrotask(writeTicks))
document.addEventListener('visibilitychange', () => document.hidden || grow())
setInterval(grow, 1_000)
settle()

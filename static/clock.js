/* Keeps every instant on the page reading right: distances tick, clocks stand in the reader's zone. */
import { clockTime, relativeTime } from '../views/atoms/relative-time.ts'

const YEAR_SECONDS = 31_536_000

let ahead = 0
/** Kept in a cookie: reading one never fails, whatever the browser keeps from pages. */
let isUtc = /(?:^|; )zone=utc(?:;|$)/.test(document.cookie)

/** The server's clock is the one that ages are told by, whatever this machine believes. */
export function setServerClock(now) {
  ahead = now - Date.now()
}

export const serverNow = () => Date.now() + ahead

/** The instant that the page shows: a page that looks back stands still. */
function shownNow() {
  const { state, renderedAt } = document.getElementById('live')?.dataset ?? {}
  return state === 'past' ? Number(renderedAt) : serverNow()
}

/** The zone that the reader chose, as the browser's formats take it. */
export const zone = () => (isUtc ? { timeZone: 'UTC' } : {})

/** The time of day at an instant, in the zone that the reader chose; with its day where that is not today's. */
export const clockText = (at) => clockTime(at, { now: serverNow(), aheadOfUtc })

const aheadOfUtc = (at) => (isUtc ? 0 : new Date(at).getTimezoneOffset() * -60_000)

function switchZone() {
  isUtc = !isUtc
  document.cookie = `zone=utc; path=/; max-age=${isUtc ? YEAR_SECONDS : 0}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
  tickTimes()
}

export function tickTimes() {
  const now = shownNow()
  for (const time of document.querySelectorAll('[data-since]')) {
    write(time, relativeTime(Number(time.dataset.since), now, time.dataset.form ?? 'ago'))
  }
  for (const time of document.querySelectorAll('time[data-clock]')) {
    const at = Number(time.dataset.clock)
    write(time, clockTime(at, { now, aheadOfUtc, isDated: time.dataset.dated !== undefined }))
  }
  for (const zone of document.querySelectorAll('[data-clock-zone]')) write(zone, isUtc ? 'UTC' : 'your time')
  for (const toggle of document.querySelectorAll('[data-utc-toggle]')) toggle.setAttribute('aria-pressed', String(isUtc))
}

/** Writes only what differs, so that a reader's selection and a screen reader stay undisturbed. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

document.addEventListener('click', ({ target }) => target.closest('[data-utc-toggle]') && switchZone())

tickTimes()
setInterval(() => document.hidden || tickTimes(), 1_000)
document.addEventListener('visibilitychange', () => document.hidden || tickTimes())

/* Keeps every instant on the page reading right: distances tick, clocks stand in the reader's zone. */
import { relativeTime } from './relative-time.js'

let ahead = 0

/** The server's clock is the one that ages are told by, whatever this machine believes. */
export function setServerClock(now) {
  ahead = now - Date.now()
}

export const serverNow = () => Date.now() + ahead

export function tickTimes() {
  const now = serverNow()
  for (const time of document.querySelectorAll('[data-since]')) {
    write(time, relativeTime(Number(time.dataset.since), now, time.dataset.form ?? 'ago'))
  }
  for (const time of document.querySelectorAll('time[data-clock]')) {
    write(time, new Date(Number(time.dataset.clock)).toLocaleTimeString([], { hour12: false }))
  }
  for (const zone of document.querySelectorAll('[data-clock-zone]')) write(zone, 'your time')
}

/** Writes only what differs, so that a reader's selection and a screen reader stay undisturbed. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

tickTimes()
setInterval(() => document.hidden || tickTimes(), 1_000)
document.addEventListener('visibilitychange', () => document.hidden || tickTimes())

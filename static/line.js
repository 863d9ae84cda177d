/*
 * A websocket that comes back by itself. It is live from its first frame on, not from the handshake: a service that takes
 * connections and says nothing on them is no service.
 */
import { asksForTime, isFull, waitAfter } from './back-off.js'

/** From dialling to the first frame. */
const DIAL_MS = 10_000
const LOST = { code: 1006, reason: '' }

/** How long ago, in ms, by the clock that shows it longer: one of them stands still while the machine sleeps, the other can be set back. */
function openStopwatch() {
  let [wall, steady] = [Date.now(), performance.now()]
  return {
    restart: () => ([wall, steady] = [Date.now(), performance.now()]),
    ms: () => Math.max(Date.now() - wall, performance.now() - steady),
  }
}

/**
 * `hear(frame, isFirst)` takes frames one by one and may take its time; where it rejects, the page and the service differ, and the
 * line is dialled anew from where it was. `changed` is told of each new `state`: resting, trying, full, live or ended.
 */
export function openLine(address, { hear, changed }) {
  const url = new URL(address, location.href.replace(/^http/, 'ws'))
  const heard = openStopwatch()
  let socket
  let receiving = Promise.resolve()
  let timer
  let tries = 0
  /** Until then the service wants to be left in peace, `wasFull` because it has no room. */
  let quietUntil = 0
  let wasFull = false
  /** Of the socket: content came. */
  let hasSpoken = false
  const line = { state: 'resting', code: undefined, hasFailed: false }

  function become(state) {
    if (line.state === state) return
    line.state = state
    changed()
  }

  function drop() {
    clearTimeout(timer)
    const old = socket
    socket = undefined
    // Where the network is gone no farewell ever comes: nobody waits for it.
    old?.close()
  }

  function dial() {
    drop()
    hasSpoken = false
    heard.restart()
    become('trying')
    const one = new WebSocket(url)
    socket = one
    timer = setTimeout(lose, DIAL_MS)
    one.addEventListener('message', ({ data }) => {
      if (one !== socket) return
      heard.restart()
      receiving = receiving
        .then(() => one === socket && receive(one, data))
        .catch((/** @type {unknown} */ error) => one === socket && fail(error))
    })
    one.addEventListener('close', (event) => one === socket && lost(event))
  }

  async function receive(from, data) {
    const frame = JSON.parse(data)
    await hear(frame, !hasSpoken)
    if (from !== socket) return
    if (frame.content !== undefined) hasSpoken = true
    if (frame.content === undefined && !frame.trouble) return
    clearTimeout(timer)
    tries = 0
    wasFull = false
    become('live')
  }

  function fail(error) {
    console.error('a frame could not be shown', error)
    lose()
  }

  function lost({ code, reason }) {
    drop()
    const wait = waitAfter({ code, reason, tries: ++tries })
    Object.assign(line, { code, hasFailed: true })
    if (wait === undefined) return become('ended')
    wasFull = isFull({ code, reason })
    if (asksForTime({ code })) quietUntil = Date.now() + wait
    waitFor(wait)
  }

  const lose = () => socket && lost(LOST)

  function waitFor(ms) {
    timer = setTimeout(dial, ms)
    become(wasFull ? 'full' : 'trying')
  }

  return Object.assign(line, {
    /** Dials now, whatever was: somebody came back. A service that asked for time is given it. */
    redial() {
      drop()
      const left = quietUntil - Date.now()
      if (left > 0) waitFor(left)
      else dial()
    },
    /** Dials what rests or waits; what is under way, live or ended stays. */
    wake() {
      if (line.state === 'resting' || (line.state === 'trying' && !socket)) line.redial()
    },
    /** Closes the socket until it is woken. */
    rest() {
      drop()
      become('resting')
    },
    lose,
    silentMs: heard.ms,
    /** Where the next attempt begins. */
    resumeFrom({ since, made }) {
      url.searchParams.set('since', since)
      if (made !== undefined) url.searchParams.set('made', made)
    },
  })
}

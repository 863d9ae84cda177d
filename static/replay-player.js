/* Time that passes in a replay: as it was, or up to 60 times as fast. Long silence is cut short. */
import { relativeTime } from '../views/atoms/relative-time.ts'

/** A reader waits this long at most for the next moment. */
const PATIENCE_MS = 1_500

/** Plays a tape. `shown` hears of every place that came on screen, `playing` when that begins and ends. */
export function openPlayer(tape, { speed, shown, playing }) {
  let frame
  /** The instant that the replay has reached, and when that was so by this machine's clock. */
  let [instant, seenAt] = [0, 0]

  function show(place, said) {
    const within = Math.min(tape.length - 1, Math.max(0, place))
    tape.show(within)
    shown(within, said)
    return within
  }

  function pause() {
    cancelAnimationFrame(frame)
    frame = undefined
    playing(false)
  }

  function play() {
    const from = tape.place() === tape.length - 1 ? show(0) : tape.place()
    ;[instant, seenAt] = [tape.at(from), performance.now()]
    frame = requestAnimationFrame(tick)
    playing(true)
  }

  function tick(now) {
    instant += Math.max(0, now - seenAt) * speed()
    seenAt = now
    const said = skipSilence()
    let place = tape.place()
    while (place + 1 < tape.length && tape.at(place + 1) <= instant) place += 1
    if (place !== tape.place()) show(place, said)
    if (place === tape.length - 1) return pause()
    frame = requestAnimationFrame(tick)
  }

  function skipSilence() {
    const next = tape.at(tape.place() + 1)
    if ((next - instant) / speed() <= PATIENCE_MS) return ''
    const skipped = relativeTime(instant, next, 'age')
    instant = next
    return `${skipped} of silence left out`
  }

  return {
    toggle: () => (frame === undefined ? play() : pause()),
    /** To a place that somebody chose: from there on it plays no more. */
    go(place) {
      if (frame !== undefined) pause()
      show(place)
    },
  }
}

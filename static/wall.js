/* The wall (?tv=1): its clock, and the turning of its pages. */
import { serverNow, write, zone } from './clock.js'

const clock = document.getElementById('wall-clock')

function tick() {
  const now = new Date(serverNow())
  write(clock, now.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...zone() }))
  write(
    document.getElementById('wall-date'),
    now.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', ...zone() }),
  )
}

/** The page of another release. */
const isSameBuild = (html) => html.includes(`data-build="${document.body.dataset.build}"`)

/** Asks first: a wall whose server is away keeps what it shows, instead of a browser's page of regret. */
function turn() {
  const { next: address, pages } = document.getElementById('wall-turn').dataset
  fetch(address, { signal: AbortSignal.timeout(10_000) })
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`answered ${response.status}`))))
    .then((html) => {
      if (Number(pages) > 1 || !isSameBuild(html)) location.replace(address)
    })
    .catch(() => {
      // The pill says that the page is not live; the next turn asks again.
    })
}

if (clock) {
  tick()
  setInterval(tick, 1_000)
  setInterval(turn, Number(document.body.dataset.turnSeconds) * 1_000)
}

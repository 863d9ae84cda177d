/*
 * A page that looks back, without loading it anew: the slider and the steps fetch the same page at another moment and put its
 * content in place; playing lets its clock run and fetches when the next event is due. Without this file they are links and forms.
 */
import { fetchPage } from './build.js'
import { tickTimes, write } from './clock.js'
import { rememberLooks } from './highlight-changes.js'

const SETTLE_MS = 120
const TICK_MS = 200
const SPEAK_MS = 700

const element = (id) => document.getElementById(id)
const told = () => element('time-travel').dataset
const number = (value) => Number(value).toLocaleString('en')

/** The address that is wanted next: of many, the last. One is asked for at a time. */
let wanted
let isAsking = false
/** While it plays: the instant it began at, when that was, and how many times as fast as real time. */
let playing
let settling
let speaking

function addressAt(at) {
  const { href, compare } = told()
  return `${href}?at=${encodeURIComponent(at)}${compare ? `&compare=${compare}` : ''}`
}

/* --- another moment --- */

function go(href) {
  wanted = href
  if (!isAsking) askNext()
}

function askNext() {
  const asked = wanted
  wanted = undefined
  isAsking = asked !== undefined
  if (isAsking) load(asked).catch(failed).then(askNext, askNext)
}

function failed({ message }) {
  pause()
  write(element('travel-word'), `That moment could not be loaded: ${message}`)
}

async function load(href) {
  const { response, document: page } = await fetchPage(href)
  if (!page.getElementById('time-travel'))
    throw new Error(page.querySelector('h1')?.textContent ?? `the server answered ${response.status}`)
  await show(page)
  // Beside the list a detail may be open: the address is its own then.
  if (!element('panel')) history.replaceState(history.state, '', response.url)
  document.dispatchEvent(new CustomEvent('page:shown'))
  if (!playing) write(element('travel-word'), '')
  speak()
}

async function show(page) {
  const text = page.getElementById('main').outerHTML
  await htmx.swap({ sourceElement: element('main'), target: element('main'), text, swap: 'outerMorph' })
  document.title = page.title
  element('live-detail').replaceChildren(...page.getElementById('live-detail').childNodes)
  if (!wanted && !settling) element('travel-at').value = element('travel-at').getAttribute('value')
  element('travel-play').disabled = told().nextAt === '' && !playing
  showInstant(playing ? instant() : Number(told().now))
  rememberLooks()
}

/** Ages and clocks of the page stand at an instant, ms since 1970. */
function showInstant(at) {
  element('live').dataset.renderedAt = at
  for (const clock of document.querySelectorAll('#travel-title time, #live-detail time')) clock.dataset.clock = at
  tickTimes()
}

/** Said once it stands still. */
function speak() {
  clearTimeout(speaking)
  if (playing) return
  speaking = setTimeout(() => {
    if (!playing && !isAsking)
      write(element('announcements'), `${element('travel-title').textContent}, ${element('travel-place').textContent}`)
  }, SPEAK_MS)
}

/* --- slider and steps --- */

document.addEventListener('input', ({ target }) => {
  if (target.id !== 'travel-at') return
  pause()
  write(element('travel-place'), `after event ${number(target.value)} of ${number(target.max)}`)
  clearTimeout(settling)
  settling = setTimeout(() => {
    settling = undefined
    go(addressAt(target.value))
  }, SETTLE_MS)
})

const isPlain = ({ button, ctrlKey, metaKey, shiftKey, altKey }) => button === 0 && !ctrlKey && !metaKey && !shiftKey && !altKey

document.addEventListener('click', (event) => {
  const link = event.target.closest('#main a[href]')
  if (!link || !isPlain(event) || link.target) return
  const url = new URL(link.href)
  if (url.pathname !== location.pathname || !url.searchParams.has('at')) return
  event.preventDefault()
  pause()
  go(link.href)
})

/* --- playing --- */

const instant = () => playing.from + (performance.now() - playing.since) * playing.speed

function play() {
  playing = {
    from: Number(element('live').dataset.renderedAt),
    since: performance.now(),
    speed: Number(element('travel-speed').value),
    timer: setInterval(advance, TICK_MS),
  }
  paint()
}

function pause(word = '') {
  if (!playing) return
  clearInterval(playing.timer)
  playing = undefined
  write(element('travel-word'), word)
  paint()
  speak()
}

function paint() {
  const button = element('travel-play')
  button.setAttribute('aria-pressed', String(Boolean(playing)))
  write(button, playing ? 'Pause' : 'Play')
  button.disabled = !playing && told().nextAt === ''
}

function advance() {
  const nextAt = told().nextAt
  if (isAsking) return
  // Nobody looks: the clock stands still.
  if (document.hidden) return Object.assign(playing, { from: Number(element('live').dataset.renderedAt), since: performance.now() })
  if (nextAt === '') return pause('The end: nothing was reported after this.')
  const at = instant()
  showInstant(at)
  write(element('travel-word'), wait(Number(nextAt) - at))
  if (at >= Number(nextAt)) go(addressAt(new Date(at).toISOString()))
}

/** A pause in what was reported is not a page that hangs. */
function wait(ms) {
  const seconds = Math.ceil(ms / 1_000 / playing.speed)
  if (seconds < 3) return ''
  return seconds < 100 ? `Next event in ${seconds} s` : `Next event in ${Math.ceil(seconds / 60)} min`
}

document.addEventListener('click', ({ target }) => {
  if (!target.closest('#travel-play')) return
  if (playing) pause()
  else play()
})

document.addEventListener('change', ({ target }) => {
  if (target.id !== 'travel-speed' || !playing) return
  Object.assign(playing, { from: instant(), since: performance.now(), speed: Number(target.value) })
})

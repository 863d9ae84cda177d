/* A replay in its file: the page at every moment of a period. What it needs is packed in the document. */
import './copy.js'
import './theme.js'
import { tickTimes, write } from './clock.js'
import { openPlayer } from './replay-player.js'
import { openTape } from './replay-tape.js'
import { showMarks, timeText } from './replay-words.js'

const element = (id) => document.getElementById(id)
const index = JSON.parse(element('replay-index').textContent)
const slider = element('replay-slider')
const speed = element('replay-speed')

document.documentElement.classList.add('has-script')

async function unpacked(id) {
  const source = element(id)
  const bytes = Uint8Array.from(atob(source.textContent.trim()), (letter) => letter.charCodeAt(0))
  source.remove()
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
  return text.split('\n').slice(0, -1)
}

async function open() {
  if (typeof DecompressionStream === 'undefined') {
    return refuse('This browser is too old to unpack the replay (Chrome 80, Firefox 113 or Safari 16.4 can). This is its end.')
  }
  const [pieces, lines] = await Promise.all([unpacked('replay-pieces'), unpacked('replay-moments')])
  const tape = openTape({ pieces, moments: lines.map((line) => JSON.parse(line)), ...index })
  const player = openPlayer(tape, { speed: () => Number(speed.value), shown, playing })
  tape.show(tape.length - 1)
  showMarks(element('replay-marks'), { marks: index.marks, length: tape.length })
  listen(player, tape)
  shown(tape.place())
  element('replay').dataset.state = 'ready'

  function shown(place, said = '') {
    const at = tape.at(place)
    element('live').dataset.renderedAt = at
    write(element('live-detail'), ` at ${timeText(at)}`)
    write(element('replay-clock'), timeText(at))
    write(
      element('replay-count'),
      `event ${tape.offset(place).toLocaleString('en')} of ${tape.offset(tape.length - 1).toLocaleString('en')}`,
    )
    write(element('replay-said'), said || (tape.mark(place) ?? ''))
    slider.value = place
    slider.setAttribute('aria-valuetext', `${timeText(at)}, event ${tape.offset(place)}`)
    tickTimes()
  }
}

function playing(isPlaying) {
  element('replay').classList.toggle('is-playing', isPlaying)
  element('replay-play').setAttribute('aria-label', isPlaying ? 'Pause' : 'Play')
}

function listen(player, tape) {
  const steps = {
    play: player.toggle,
    back: () => player.go(tape.place() - 1),
    on: () => player.go(tape.place() + 1),
    'mark-back': () => player.go(tape.markBefore(tape.place())),
    'mark-on': () => player.go(tape.markAfter(tape.place())),
  }
  const keys = {
    ' ': steps.play,
    ArrowLeft: steps.back,
    ArrowRight: steps.on,
    Home: () => player.go(0),
    End: () => player.go(tape.length - 1),
    '+': () => (speed.selectedIndex = Math.min(speed.options.length - 1, speed.selectedIndex + 1)),
    '-': () => (speed.selectedIndex = Math.max(0, speed.selectedIndex - 1)),
  }
  const shifted = { ArrowLeft: steps['mark-back'], ArrowRight: steps['mark-on'] }

  document.addEventListener('click', ({ target }) => steps[target.closest('[data-replay]')?.dataset.replay]?.())
  document.addEventListener('click', ({ target }) => target.closest('[data-utc-toggle]') && player.go(tape.place()))
  slider.addEventListener('input', () => player.go(Number(slider.value)))
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('select')) return
    // A button, a link or a summary does by itself what Space asks of it.
    if (event.key === ' ' && event.target.matches('button, a, summary')) return
    const does = (event.shiftKey ? shifted : keys)[event.key] ?? (event.key === '+' ? keys['+'] : undefined)
    if (!does) return
    event.preventDefault()
    does()
  })
}

function refuse(reason) {
  element('replay').hidden = true
  const told = document.createElement('p')
  told.className = 'replay__plain'
  told.textContent = reason
  element('replay').after(told)
}

try {
  await open()
} catch (error) {
  refuse(`The replay cannot be unpacked: the file is damaged or was cut (${String(error)}). This is its end.`)
}

/* Space on a project: a look at it without leaving the list. Space or Escape closes, j and k look at the next and the one before. */
import { tickTimes } from './clock.js'
import { linkBeside } from './keys.js'
import { connect, closeSocket } from './lines.js'
import { rememberLooks } from './highlight-changes.js'

const TROUBLE = '<p class="nothing" id="peek-title">Not shown: the service does not answer. Space tries again.</p>'

const dialog = document.createElement('dialog')
dialog.id = 'peek-dialog'
dialog.className = 'dialog peek-dialog'
dialog.setAttribute('aria-labelledby', 'peek-title')
dialog.tabIndex = -1
document.body.append(dialog)

/** The link of the project that is looked at: there focus goes back to. */
let opener = null
let loading = new AbortController()

document.addEventListener('keydown', (event) => {
  const { key, target, ctrlKey, metaKey, altKey, repeat } = event
  if (event.defaultPrevented || repeat || ctrlKey || metaKey || altKey) return
  if (dialog.open) return keyInside(event)
  if (key !== ' ' || !target.matches('.row .row__name') || document.querySelector('dialog[open]')) return
  event.preventDefault()
  peek(target)
})

const INSIDE = {
  ' ': () => dialog.close(),
  j: () => peek(linkBeside(shownLink(), 1) ?? opener),
  k: () => peek(linkBeside(shownLink(), -1) ?? opener),
  Enter: () => location.assign(opener.href),
}

function keyInside(event) {
  // What has focus in there acts for itself.
  if (event.target !== dialog && (event.key === 'Enter' || event.target.matches('button'))) return
  if (!Object.hasOwn(INSIDE, event.key)) return
  event.preventDefault()
  INSIDE[event.key]()
}

function peek(link) {
  opener = link
  loading.abort()
  loading = new AbortController()
  const { signal } = loading
  fetch(`${link.pathname}/peek`, { signal })
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`answered ${response.status}`))))
    .then(show)
    .catch(() => signal.aborted || show(TROUBLE))
}

function show(html) {
  closeSocket('peek-line')
  dialog.innerHTML = html
  htmx.process(dialog)
  connect(dialog)
  if (!dialog.open) dialog.showModal()
  // Its words are read, its arrow keys scroll, and no link is chosen yet.
  dialog.focus()
  dialog.scrollTop = 0
  tickTimes()
  rememberLooks()
}

/** Of the project that was looked at last; its row may have been drawn anew, in another place. */
function shownLink() {
  return opener.isConnected ? opener : [...document.querySelectorAll('.row__name')].find(({ href }) => href === opener.href)
}

dialog.addEventListener('close', () => {
  loading.abort()
  closeSocket('peek-line')
  dialog.replaceChildren()
  shownLink()?.focus()
})

/** A click beside it closes it. */
dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close())

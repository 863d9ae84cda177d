/* The keyboard: each key does what a link or button on the page does, too. None is heard while somebody types. */
import { write } from './clock.js'
import { openPalette } from './palette.js'

/** How long after g the second key may come. */
const SECOND_KEY_MS = 1_500

const isTyping = (element) => element.matches?.('input, textarea, select, [contenteditable]')
const isMenu = 'details:is(.sorting, #filter-form)[open]'
let isSecondUntil = 0

const KEYS = {
  '?': () => document.getElementById('keys-help')?.showModal(),
  '/': () => document.getElementById('search')?.focus(),
  j: () => move(1),
  k: () => move(-1),
  n: nextThatNeedsMe,
  g: () => (isSecondUntil = performance.now() + SECOND_KEY_MS),
  Escape: goBack,
}

/** After g. */
const PLACES = {
  p: () => location.assign('/'),
  a: () => location.assign(document.getElementById('questions')?.href ?? '/'),
}

/** On the window, so that what a part of the page does with a key comes first. */
addEventListener('keydown', (event) => {
  if (event.defaultPrevented || document.querySelector('dialog[open]')) return
  if (isTyping(event.target)) return event.key === 'Escape' && leaveField(event.target)
  if (isPaletteKey(event)) {
    event.preventDefault()
    return openPalette()
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const keys = performance.now() < isSecondUntil ? PLACES : KEYS
  isSecondUntil = 0
  if (!Object.hasOwn(keys, event.key)) return
  event.preventDefault()
  keys[event.key]()
})

const isPaletteKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }) =>
  key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey

/** From a field that stands in a menu back to the menu's button, which the next Escape closes. */
function leaveField(field) {
  const menu = field.closest(isMenu)
  if (menu) return closeMenu(menu)
  field.blur()
}

function closeMenu(menu) {
  menu.open = false
  menu.querySelector('summary').focus()
}

const linksOf = (rows) => [...document.querySelectorAll(`${rows} .row__name`)].filter((link) => link.checkVisibility())

/** Real focus: Enter opens the link, and a screen reader reads where it is. Where focus left the rows, it begins anew. */
function move(step) {
  linkBeside(document.activeElement, step)?.focus()
}

/** The link of the row after (1) or before (-1) the one that an element stands in; at an end, that row's own. */
export function linkBeside(element, step) {
  const links = linksOf('.row')
  const at = links.indexOf(element?.closest('.row')?.querySelector('.row__name'))
  const next = at === -1 && step < 0 ? links.length - 1 : Math.min(links.length - 1, Math.max(0, at + step))
  return links[next]
}

/** The next row here that waits for a person; elsewhere, or where there is none, the page of the next such project. */
function nextThatNeedsMe() {
  if (document.getElementById('counts')?.dataset.needsYou === '0') {
    return write(document.getElementById('announcements'), 'Nothing needs you')
  }
  const links = linksOf('.row[data-waits]')
  if (links.length === 0) return location.assign(`/next?after=${/^\/projects\/([^/]+)/.exec(location.pathname)?.[1] ?? ''}`)
  const at = links.indexOf(document.activeElement?.closest('.row')?.querySelector('.row__name'))
  links[(at + 1) % links.length].focus()
}

function goBack() {
  const menu = document.querySelector(isMenu)
  if (menu) return closeMenu(menu)
  if (location.pathname + location.search === '/') return document.activeElement?.blur()
  if (document.referrer.startsWith(`${location.origin}/`) && history.length > 1) return history.back()
  location.assign('/')
}

document.addEventListener('click', ({ target }) => {
  if (target.closest('[data-keys-help]')) KEYS['?']()
  // A click outside closes what a click opened.
  for (const menu of document.querySelectorAll(isMenu)) if (!menu.contains(target)) menu.open = false
})

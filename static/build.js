/*
 * One page, one build: what another build of the service sends does not fit the script and the style that this page was loaded with.
 * Such a page loads itself again where that disturbs nobody; where something is typed or open, a button asks.
 */
import { isReading } from './activity-window.js'
import { write } from './clock.js'

/** Spread, so that the pages of everybody do not come at once. */
const FIRST_MS = 1_500
/** While the instances of a service differ, a page may come from one of them and its websocket lead to another. */
const MOST_MS = 60_000
const TYPED = 'input, textarea, select'

const own = document.body.dataset.build
/** Details that the reader opened, or closed. */
const touched = new WeakSet()
let reloadAt
/** A page that was fetched came from another build. */
let isFetchedOther = false

export const isOwnBuild = (build) => own === undefined || build === own

const reloads = () => history.state?.reloads ?? 0

/** The service is of this page's build: the next time that it is not, that is news. */
export function mayStay() {
  if (reloads() === 0) return
  const { reloads: _, ...others } = history.state
  history.replaceState(Object.keys(others).length > 0 ? others : null, '')
}

/** A page of the service as a document. Rejects where it comes from another build: it is not for this script. */
export async function fetchPage(href, options = {}) {
  const response = await fetch(href, { ...options, headers: { accept: 'text/html' } })
  const document = new DOMParser().parseFromString(await response.text(), 'text/html')
  const { build } = document.body.dataset
  isFetchedOther = build !== undefined && !isOwnBuild(build)
  if (isFetchedOther) throw new Error('a new version of the page is there')
  return { response, document }
}

/** While the service is of another build, leaves the page for its newer self, or asks to. */
export function leaveOutdated({ isOutdated, isPaused }) {
  const isWanted = isOutdated || isFetchedOther
  ask(isWanted)
  if (!isWanted) return (reloadAt = undefined)
  reloadAt ??= Date.now() + Math.min(MOST_MS, FIRST_MS * 2 ** reloads()) * (0.5 + Math.random())
  if (Date.now() >= reloadAt && !isPaused && !isInUse()) load()
}

function load() {
  history.replaceState({ ...history.state, reloads: reloads() + 1 }, '')
  location.reload()
}

/** After the session has ended, the same address leads to sign-in, and from there back here. */
export function leaveSignedOut() {
  if (!isInUse()) location.reload()
}

function ask(isWanted) {
  const button = document.getElementById('load-new')
  if (!button || button.hidden === !isWanted) return
  button.hidden = !isWanted
  document.getElementById('pause')?.toggleAttribute('hidden', isWanted)
  write(document.getElementById('announcements'), isWanted ? 'A new version of this page is there' : '')
}

/** Something would be lost: words, a choice, a place in a long list, what is open. */
function isInUse() {
  if (document.querySelector('dialog[open], #panel, #travel-play[aria-pressed=true]') || isReading()) return true
  if (document.activeElement?.matches('textarea, input:not([type=checkbox], [type=radio], [type=submit])')) return true
  if (!getSelection().isCollapsed) return true
  if ([...document.querySelectorAll(TYPED)].some(isTyped)) return true
  return [...document.querySelectorAll('details[open]')].some((details) => touched.has(details))
}

/** The slider of a look back moves by itself, and its place stands in the address. */
function isTyped(field) {
  if (field.id === 'travel-at') return false
  if (field.matches('select'))
    return (
      field.selectedIndex !==
      Math.max(
        0,
        [...field.options].findIndex((option) => option.defaultSelected),
      )
    )
  if (field.matches('[type=checkbox], [type=radio]')) return field.checked !== field.defaultChecked
  return field.value !== field.defaultValue
}

document.addEventListener('click', ({ target }) => {
  if (target.closest('#load-new')) return load()
  const details = target.closest('summary')?.parentElement
  if (details) touched.add(details)
})

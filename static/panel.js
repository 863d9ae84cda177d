/*
 * Detail beside the list: on wide screens the link to a story, an agent or an event opens at the side. The address is the
 * detail's own, so that a reload shows its whole page; without this file, on phones and with a modifier key the link is
 * followed like any other.
 */
import { fetchPage } from './build.js'
import { tickTimes } from './clock.js'
import { connect, closeSocket } from './lines.js'
import { rememberLooks, showCounts } from './highlight-changes.js'

const DETAIL = /^\/projects\/[^/]+\/(?:stories|agents|events)(?:\/|$)/
const wide = matchMedia('(width > 1240px)')

const here = () => location.pathname + location.search
/** The page that this document shows, to which closing leads back: the one it was loaded as, or another moment of it. */
let own = here()
const ownTitle = document.title
/** Only a page with a list to keep carries the frame. */
const frame = document.getElementById('panel-frame')

/** The link that opened the panel: there the reader goes on. */
let opener = null
/** How many details were opened one from another: so many steps back lies the list. */
let depth = 0
let loading = new AbortController()
/** History takes its time: a second Escape must not lead out of the page. */
let isLeaving = false

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-close-panel]')) return leave()
  const link = event.target.closest('a[href]')
  if (!link || !isPlain(event, link)) return
  event.preventDefault()
  const isInside = panel()?.contains(link)
  if (!isInside) opener = link
  follow(link.href)
})

/** Whether a click means the panel, and not a new tab, a download or somebody else's page. */
function isPlain({ defaultPrevented, button, ctrlKey, metaKey, shiftKey, altKey }, link) {
  if (!frame || !wide.matches || defaultPrevented || button !== 0) return false
  if (ctrlKey || metaKey || shiftKey || altKey || link.target) return false
  return link.closest('#page') !== null && link.origin === location.origin && DETAIL.test(link.pathname)
}

const panel = () => document.getElementById('panel')

/** Opens an address in the panel, as a step of the browser's history; like any link where that fails. */
function follow(href) {
  loading.abort()
  loading = new AbortController()
  const { signal } = loading
  load(href, signal)
    .then((detail) => {
      // The list stays where the reader left it, not where it stood when the panel opened.
      history.scrollRestoration = 'manual'
      if (href !== location.href) history.pushState({ panel: (depth += 1) }, '', href)
      show(detail)
    })
    .catch(() => signal.aborted || location.assign(href))
}

/** What the address shows, as its own page does. Rejects where that is no detail, or could not be had. */
async function load(href, signal) {
  const { response, document: page } = await fetchPage(href, { signal })
  const article = page.getElementById('detail')
  if (!response.ok || !article) throw new Error(`no detail at ${href}`)
  return { href, article, title: page.title, live: page.getElementById('page')?.dataset.live }
}

function show({ href, article, title, live }) {
  keepPlace(() => {
    closeSocket('panel-line')
    const aside = panel() ?? document.getElementById('page').appendChild(emptyPanel())
    aside.querySelector('.panel__whole').href = href
    const line = document.createElement('div')
    line.id = 'panel-line'
    if (live) line.dataset.live = live
    const detail = document.importNode(article, true)
    // The page that it lies beside may have the same frame around what it shows.
    detail.removeAttribute('id')
    line.append(detail)
    aside.append(line)
    document.documentElement.classList.add('has-panel')
  })
  htmx.process(document.getElementById('panel-line'))
  connect(document.getElementById('panel-line'))
  document.title = title
  settled()
  headingOf(panel()).focus({ preventScroll: true })
  // The address may name a part of the detail.
  const part = document.getElementById(new URL(href).hash.slice(1))
  if (part && panel().contains(part)) part.scrollIntoView({ behavior: 'instant' })
  else panel().scrollTop = 0
}

function emptyPanel() {
  return document.importNode(frame.content, true).firstElementChild
}

function headingOf(aside) {
  const heading = aside.querySelector('h1, h2')
  heading.tabIndex = -1
  return heading
}

function close() {
  if (!panel()) return
  keepPlace(() => {
    closeSocket('panel-line')
    panel().remove()
    document.documentElement.classList.remove('has-panel')
  })
  document.title = ownTitle
  settled()
  wayBack()?.focus({ preventScroll: true })
}

/** The link that the reader came from; where the list was drawn anew, the one to the same place. */
function wayBack() {
  if (opener?.isConnected || !opener) return opener
  return [...document.querySelectorAll('#main a[href]')].find(({ href }) => href === opener.href)
}

/** What the panel shows is marked where it stands in the list. Frames draw it anew, so it is marked anew. */
function markShown() {
  const shown = panel() ? location.href : undefined
  for (const link of document.querySelectorAll('#main :is(.cycle, .story, .agent, .event) a[href]')) {
    if (link.href !== shown) link.removeAttribute('aria-current')
    else if (!link.hasAttribute('aria-current')) link.setAttribute('aria-current', 'true')
  }
}

document.addEventListener('frame:shown', () => panel() && markShown())

/** What stands in the panel is not news, and the tab's title carries the counts of now. */
function settled() {
  tickTimes()
  markShown()
  rememberLooks()
  showCounts()
}

/** The list becomes narrower or wider: the reader's link stays under the reader's eyes. */
function keepPlace(change) {
  const anchor = wayBack()
  const before = anchor?.getBoundingClientRect().top
  change()
  const isInSight = before >= 0 && before < innerHeight
  if (isInSight) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: 'instant' })
}

/** Back to the list, as many steps as it took to come here. */
function leave() {
  if (isLeaving) return
  isLeaving = history.state?.panel > 0
  if (isLeaving) return history.go(-history.state.panel)
  history.pushState(null, '', own)
  close()
}

document.addEventListener('page:shown', () => {
  if (!panel()) own = here()
})

addEventListener('popstate', ({ state }) => {
  loading.abort()
  isLeaving = false
  if (here() === own) {
    depth = 0
    history.scrollRestoration = 'auto'
    return close()
  }
  // Somewhere in the address of what is shown already.
  if (state === null && panel()) return
  if (!state?.panel || !frame) return location.reload()
  depth = state.panel
  follow(location.href)
})

/** Before the page's own keys: what Escape closes first is the panel, but a menu or a field in it comes before. */
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || !panel()) return
  if (event.target.matches('input, textarea, select') || document.querySelector('dialog[open], details.sorting[open]')) return
  event.preventDefault()
  leave()
})

/* Older events when they are scrolled to, and how close rows stand. */
import { tickTimes, write } from './clock.js'
import { remember } from './reading.js'

const YEAR_SECONDS = 31_536_000
/** Rows that a page keeps: beyond, the newest leave, and the page stands still until its reader goes back to them. */
const ROWS = 500

let isLoading = false
let hasLeft = false

const older = () => document.getElementById('activity-older')
const list = () => document.getElementById('activity-list')

function loadOlder(link) {
  if (isLoading) return
  isLoading = true
  link.setAttribute('aria-busy', 'true')
  write(link, 'Loading older events')
  const end = (words) => {
    isLoading = false
    link.removeAttribute('aria-busy')
    write(link, words)
  }
  readPage(link)
    .then((page) => append(link, page))
    .then(
      () => end('Older events'),
      () => end('Older events could not be loaded. Try again'),
    )
}

async function readPage(link) {
  const response = await fetch(link.href, { headers: { accept: 'text/html' } })
  if (!response.ok) throw new Error(String(response.status))
  return new DOMParser().parseFromString(await response.text(), 'text/html')
}

function append(link, page) {
  const rows = [...page.querySelectorAll('#activity-list > li')].filter(({ id }) => !document.getElementById(id))
  list().append(...rows.map((row) => document.adoptNode(row)))
  // Told again where it stands: a link that is still in sight leads on.
  watcher.unobserve(link)
  if (rows.length > 0) watcher.observe(link)
  const next = page.getElementById('activity-older')
  link.href = next.href
  link.parentElement.hidden = next.parentElement.hidden
  while (list().childElementCount > ROWS) leave(list().firstElementChild)
  remember()
  tickTimes()
}

/** What is newest went out of the page: new rows would stand where others are missing, so nothing comes until it is read anew. */
function leave(row) {
  row.remove()
  if (hasLeft) return
  hasLeft = true
  const pause = document.getElementById('pause')
  if (pause?.getAttribute('aria-pressed') === 'false') pause.click()
}

/** Going on after the newest rows left: the page is read anew, from its top. */
document.addEventListener(
  'click',
  (event) => {
    if (!hasLeft || !event.target.closest('#pause, #activity-new')) return
    if (document.getElementById('pause')?.getAttribute('aria-pressed') === 'false') return
    event.stopPropagation()
    location.reload()
  },
  { capture: true },
)

document.addEventListener('click', (event) => {
  const { target } = event
  const link = target.closest('#activity-older')
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault()
    loadOlder(link)
  }
  const choice = target.closest('[data-density-choice]')
  if (choice) choose(choice.dataset.densityChoice)
})

/** Kept in a cookie, so that the server sends the next page as close as this one. */
function choose(density) {
  const root = document.documentElement
  if (density === 'normal') delete root.dataset.density
  else root.dataset.density = density
  document.cookie = `density=${density}; path=/; max-age=${density === 'normal' ? 0 : YEAR_SECONDS}; samesite=lax`
  showChoice()
}

function showChoice() {
  const density = document.documentElement.dataset.density ?? 'normal'
  for (const choice of document.querySelectorAll('[data-density-choice]')) {
    choice.setAttribute('aria-pressed', String(choice.dataset.densityChoice === density))
  }
}

/** Near the end of what is there, the rest is fetched before the reader comes to it. */
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting && scrollY > 0) loadOlder(target)
  },
  { rootMargin: '600px' },
)

showChoice()
if (older()) watcher.observe(older())

/* Ctrl-K: jump to a project by name. The server searches; what it found stands in the list as it sent it. */
const dialog = document.getElementById('palette')
const field = document.getElementById('palette-text')
const list = document.getElementById('palette-results')
/** Ends the request before: answers may come in another order than they were asked for. */
let asked = new AbortController()

export function openPalette() {
  if (!dialog) return
  field.value = ''
  dialog.showModal()
  find()
}

function find() {
  asked.abort()
  asked = new AbortController()
  const { signal } = asked
  fetch(`/jump?q=${encodeURIComponent(field.value)}`, { signal })
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`answered ${response.status}`))))
    .then(show)
    .catch(() => {
      if (!signal.aborted) dialog.dataset.trouble = 'yes'
    })
}

function show(html) {
  list.innerHTML = html
  dialog.dataset.trouble = ''
  field.setAttribute('aria-expanded', String(options().length > 0))
  select(0)
}

const options = () => [...list.querySelectorAll('[data-href]')]
const selected = () => options().findIndex((option) => option.ariaSelected === 'true')

/** Focus stays in the field; what is chosen is told by aria-activedescendant. */
function select(index) {
  const all = options()
  const chosen = all[(index + all.length) % all.length]
  for (const option of all) option.ariaSelected = String(option === chosen)
  chosen?.scrollIntoView({ block: 'nearest' })
  if (chosen) field.setAttribute('aria-activedescendant', chosen.id)
  else field.removeAttribute('aria-activedescendant')
}

function open(option) {
  if (option) location.assign(option.dataset.href)
}

field?.addEventListener('input', find)
field?.addEventListener('keydown', (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step) select(selected() + step)
  else if (event.key === 'Enter') open(options()[selected()])
  else return
  event.preventDefault()
})
list?.addEventListener('click', ({ target }) => open(target.closest('[data-href]')))

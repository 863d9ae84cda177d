/* What every page has in reach, and a replay in its file, too: the theme, and copying. By delegation. */

const YEAR_SECONDS = 31_536_000
const SAID_MS = 2_000

document.addEventListener('click', ({ target }) => {
  if (target.closest('[data-theme-toggle]')) switchTheme()
  const copy = target.closest('[data-copy]')
  if (copy) copyText(copy)
})

/**
 * From the system's theme to the other one, which shows at once; then to the system's own, kept whatever the system does later; then
 * back to the system. Kept in a cookie, so that the server sends the next page in the right colours and nothing flashes.
 */
function switchTheme() {
  const { dataset } = document.documentElement
  const [own, other] = matchMedia('(prefers-color-scheme: dark)').matches ? ['dark', 'light'] : ['light', 'dark']
  const next = { [other]: own, [own]: undefined }
  if (dataset.theme === undefined) dataset.theme = other
  else if (next[dataset.theme] === undefined) delete dataset.theme
  else dataset.theme = next[dataset.theme]
  document.cookie = `theme=${dataset.theme ?? ''}; path=/; max-age=${dataset.theme === undefined ? 0 : YEAR_SECONDS}; samesite=lax`
  nameTheme()
}

function nameTheme() {
  const { theme = 'as the system' } = document.documentElement.dataset
  for (const button of document.querySelectorAll('[data-theme-toggle]')) {
    button.title = `Theme: ${theme}`
    button.setAttribute('aria-label', `Theme: ${theme}. Change it`)
  }
}

nameTheme()

function copyText(button) {
  const source = document.getElementById(button.dataset.copy)
  Promise.resolve()
    .then(() => navigator.clipboard.writeText(source.textContent))
    .then(
      () => say(button, 'Copied'),
      () => {
        // No permission, or no secure context: selected, it is one keystroke away.
        getSelection().selectAllChildren(source)
        say(button, 'Press Ctrl+C')
      },
    )
}

function say(button, text) {
  const before = button.dataset.label ?? button.textContent
  button.dataset.label = before
  button.textContent = text
  setTimeout(() => (button.textContent = before), SAID_MS)
}

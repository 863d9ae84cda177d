/* What every page has in reach, and a replay in its file, too: the theme, and copying. By delegation. */

const YEAR_SECONDS = 31_536_000
const SAID_MS = 2_000

document.addEventListener('click', ({ target }) => {
  if (target.closest('[data-theme-toggle]')) switchTheme()
  const copy = target.closest('[data-copy]')
  if (copy) copyText(copy)
})

/** Kept in a cookie, so that the server sends the next page in the right colours and nothing flashes. */
function switchTheme() {
  const root = document.documentElement
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = isDark ? 'light' : 'dark'
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}

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

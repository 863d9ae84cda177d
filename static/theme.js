/* Switches the theme; for replays, too. */

const YEAR_SECONDS = 31_536_000

document.addEventListener('click', ({ target }) => target.closest('[data-theme-toggle]') && switchTheme())

/**
 * Cycles through the other theme than the system's, the system's own theme fixed, and following the system. A cookie keeps the
 * choice, so that the server renders the next page in the right colours.
 */
function switchTheme() {
  const { dataset } = document.documentElement
  const [own, other] = matchMedia('(prefers-color-scheme: dark)').matches ? ['dark', 'light'] : ['light', 'dark']
  const next = { [other]: own, [own]: undefined }
  if (dataset.theme === undefined) dataset.theme = other
  else if (next[dataset.theme] === undefined) delete dataset.theme
  else dataset.theme = next[dataset.theme]
  document.cookie = `theme=${dataset.theme ?? ''}; path=/; max-age=${dataset.theme === undefined ? 0 : YEAR_SECONDS}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
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

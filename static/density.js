/* How close rows of activity stand. */
const YEAR_SECONDS = 31_536_000

document.addEventListener('click', ({ target }) => {
  const choice = target.closest('[data-density-choice]')
  if (choice) choose(choice.dataset.densityChoice)
})

/** Kept in a cookie, so that the server sends the next page as close as this one. */
function choose(density) {
  const root = document.documentElement
  if (density === 'normal') delete root.dataset.density
  else root.dataset.density = density
  document.cookie = `density=${density}; path=/; max-age=${density === 'normal' ? 0 : YEAR_SECONDS}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
  showChoice()
}

function showChoice() {
  const density = document.documentElement.dataset.density ?? 'normal'
  for (const choice of document.querySelectorAll('[data-density-choice]')) {
    choice.setAttribute('aria-pressed', String(choice.dataset.densityChoice === density))
  }
}

showChoice()

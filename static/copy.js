/* Copies the text of the element that a button names; for replays, too. */

const SAID_MS = 2_000

document.addEventListener('click', ({ target }) => {
  const copy = target.closest('[data-copy]')
  if (copy) copyText(copy)
})

function copyText(button) {
  const source = document.getElementById(button.dataset.copy)
  Promise.resolve()
    .then(() => navigator.clipboard.writeText(source.textContent))
    .then(
      () => say(button, 'Copied'),
      () => {
        // Without permission or a secure context, the text is selected for Ctrl+C.
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

/* Pins without leaving the place: the form asks, and the page comes anew in its new order, with focus where it was. */
import { write } from './clock.js'

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event
  if (form.id !== 'pins-form') return
  event.preventDefault()
  fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, submitter)), redirect: 'manual' }).then(
    // Whether or not it was pinned: what the page says comes from the server, and so does what it hears of from now on.
    () => {
      history.replaceState({ ...history.state, focus: submitter.id }, '')
      location.reload()
    },
    () => write(document.getElementById('announcements'), 'Not pinned: the service does not answer'),
  )
})

const { focus, ...others } = history.state ?? {}
if (focus) {
  history.replaceState(others, '')
  document.getElementById(focus)?.focus({ preventScroll: true })
}

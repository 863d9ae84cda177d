/* What the page does by itself. Everything works by delegation. */
import './activity.js'
import './clock.js'
import './copy.js'
import './density.js'
import './keys.js'
import './live.js'
import './panel.js'
import './theme.js'
import './wall.js'

document.documentElement.classList.add('has-script')

/** No page asks the server for anything by htmx attributes: markup that wants to was put there by somebody else. */
document.addEventListener('htmx:config:request', (event) => event.preventDefault())

/** What a form leaves open does not belong into the address; what changes something carries the session's token, also where it came live. */
document.addEventListener('formdata', ({ target: form, formData }) => {
  const { csrf } = document.body.dataset
  if (form.method === 'post' && csrf !== undefined) formData.set('_csrf', csrf)
  for (const [name, value] of [...formData]) if (value === '') formData.delete(name)
})

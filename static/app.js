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

/** What a form leaves open does not belong into the address. */
document.addEventListener('formdata', ({ formData }) => {
  for (const [name, value] of [...formData]) if (value === '') formData.delete(name)
})

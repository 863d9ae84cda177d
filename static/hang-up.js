/** Closes the websocket of an element that was put into the page, and forgets the element. */
export function hangUp(id) {
  const line = document.getElementById(id)
  if (!line) return
  line.removeAttribute('hx-ws:connect')
  htmx.process(line, true)
  line.remove()
}

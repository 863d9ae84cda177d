/* A worker that serves and then hears nothing any more: neither what it is told nor its own end. */
process.on('message', () => undefined)
process.send?.({ type: 'ready', url: 'http://localhost' })

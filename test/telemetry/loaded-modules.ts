// Preloaded into the real program: tells at its end what it loaded of what it loads only where it is needed.
process.on('exit', () => {
  const packages = Object.keys(require.cache).flatMap(
    (path) => /node_modules\/(@opentelemetry\/[^/]+|jose|openid-client)\//.exec(path)?.[1] ?? [],
  )
  process.stdout.write(`loaded ${JSON.stringify([...new Set(packages)].toSorted())}\n`)
})

// Preloaded into the real program: tells at its end what it loaded of OpenTelemetry.
process.on('exit', () => {
  const packages = Object.keys(require.cache).flatMap((path) => /node_modules\/(@opentelemetry\/[^/]+)\//.exec(path)?.[1] ?? [])
  process.stdout.write(`loaded ${JSON.stringify([...new Set(packages)].toSorted())}\n`)
})
